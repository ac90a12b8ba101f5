"""The page of the public API and the code agree, and the documentation uses nothing else."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator

import pytest
from tests.support.pages import PAGES, blocks

ROWS = re.findall(r"^\| `(codesteer[\w.]*)` \| (.*?) \| [^|]+ \|$", PAGES["api"], re.MULTILINE)
STABLE = {module: re.findall(r"`(\w+)`", names) for module, names in ROWS}


def imports(page: str) -> Iterator[tuple[str, str]]:
    """Yield the modules of codesteer that a page's examples import from, and the names."""
    for block in blocks(page, "python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codesteer"):
                yield from ((str(node.module), alias.name) for alias in node.names)


def test_the_page_lists_every_module_once() -> None:
    assert len(ROWS) == len(STABLE) > 10


@pytest.mark.parametrize("module", STABLE)
def test_the_page_lists_what_the_module_exports(module: str) -> None:
    assert STABLE[module] == importlib.import_module(module).__all__


@pytest.mark.parametrize("module", STABLE)
def test_every_stable_name_exists_and_is_documented(module: str) -> None:
    values = [getattr(importlib.import_module(module), name) for name in STABLE[module]]
    described = [value for value in values if inspect.isclass(value) or inspect.isfunction(value)]
    assert [value for value in described if not value.__doc__] == []


@pytest.mark.parametrize("page", PAGES)
def test_examples_import_stable_names_only(page: str) -> None:
    assert [use for use in imports(page) if use[1] not in STABLE.get(use[0], ())] == []
