"""Imports follow the floor plan: a room imports only rooms below it, and there are no cycles."""

import ast
import os
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src/codesteer"

PLAN = {
    "errors": "",
    "prompts": "",
    "replies": "",
    "checkpoints": "errors",
    "files": "errors",
    "pages": "",
    "ranges": "",
    "sandboxes": "errors ranges",
    "settings": "errors files",
    "config_file": "errors settings",
    "symbench": "errors files replies",
    "models": "config_file errors files ranges replies settings",
    "checkers": "ranges replies sandboxes",
    "experience": "checkers errors files models prompts replies sandboxes",
    "guides": "checkers errors experience files models prompts ranges replies sandboxes",
    "graph": "checkers errors experience guides models prompts ranges sandboxes",
    "policy": "config_file errors files graph models sandboxes settings",
    "nodes": "checkers errors experience graph guides models policy prompts replies sandboxes",
    "graph.node": "errors graph models nodes prompts",
    "graph.workflow": "checkers errors graph graph.node guides models nodes policy sandboxes",
    "graph.server": "errors graph graph.workflow policy",
    "chat": "errors graph graph.workflow guides models sandboxes",
    "remote": "errors graph models",
    "replay": "errors experience graph graph.workflow guides models prompts remote",
    "evals.intervals": "",
    "evals": "checkers errors evals.intervals experience files graph graph.node graph.workflow guides models nodes "
    "pages prompts remote replies sandboxes symbench",
    "training": "errors evals.intervals files graph graph.workflow guides models nodes prompts remote sandboxes "
    "symbench",
    "teaching": "checkers errors experience files graph graph.workflow models nodes prompts replies sandboxes symbench",
    "cli": "checkpoints errors evals experience files graph graph.workflow guides models nodes pages prompts "
    "remote replay replies sandboxes settings symbench teaching training",
    "__init__": "chat errors graph graph.workflow",
    "__main__": "cli",
}
"""What each room may import besides itself, lowest room first.

``graph`` has two levels: state, context and their functions are below the nodes; the modules that run the nodes are
above them and are listed by name. The intervals of ``evals`` are plain arithmetic, which training needs, too.
"""


def modules_of(package: Path) -> dict[str, Path]:
    """Map the package's modules, relative to it, to their files, including rooms behind links."""
    found = {}
    for folder, _, files in os.walk(package, followlinks=True):
        for path in (Path(folder, file) for file in files if file.endswith(".py")):
            parts = path.relative_to(package).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "__init__"] = path
    return found


def imports_of(package: Path) -> dict[str, set[str]]:
    """Map each module to the package's modules that it imports, also in functions and for type checkers."""
    modules = modules_of(package)
    return {
        module: {_module(name, modules) for name in _imported(path, package)} - {module}
        for module, path in modules.items()
    }


def _imported(path: Path, package: Path) -> Iterator[str]:
    """Yield the dotted names imported from the package; ``from a import b`` gives ``a.b``."""
    parent = ".".join((package.name, *path.relative_to(package).parts[:-1]))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            source = (
                resolve_name("." * node.level + (node.module or ""), parent) if node.level else node.module
            )
            names = [f"{source}.{alias.name}" for alias in node.names]
        yield from (name for name in names if name.split(".")[0] == package.name)


def _module(name: str, modules: Mapping[str, Path]) -> str:
    """Return the module that contains a dotted name."""
    _, *parts = name.split(".")
    while parts and ".".join(parts) not in modules:
        parts.pop()
    return ".".join(parts) or "__init__"


def room_of(module: str) -> str:
    """Return the plan's room of a module."""
    return module if module in PLAN else module.split(".")[0]


def forbidden_imports(package: Path) -> list[str]:
    """Return the imports that the plan does not allow, as ``module -> module``."""
    return sorted(
        f"{module} -> {other}"
        for module, others in imports_of(package).items()
        for other in others
        if room_of(other) not in {room_of(module), *PLAN.get(room_of(module), "").split()}
    )


def cycle(dependencies: Mapping[str, set[str]]) -> list[str]:
    """Return one cycle of the dependencies, or an empty list."""
    try:
        TopologicalSorter(dependencies).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def below(room: str) -> set[str]:
    """Return all rooms that a room may depend on, directly or indirectly."""
    found: set[str] = set()
    waiting = [room]
    while waiting:
        new = set(PLAN[waiting.pop()].split()) - found
        found |= new
        waiting.extend(new)
    return found


def test_every_import_is_in_the_plan() -> None:
    assert forbidden_imports(PACKAGE) == []


def test_every_room_is_in_the_plan() -> None:
    assert {room_of(module) for module in modules_of(PACKAGE)} == PLAN.keys()


def test_there_are_no_import_cycles() -> None:
    assert cycle(imports_of(PACKAGE)) == []


def test_the_plan_has_no_cycles() -> None:
    assert cycle({room: set(allowed.split()) for room, allowed in PLAN.items()}) == []


@pytest.mark.parametrize(
    ("room", "never"),
    [
        ("symbench", "graph graph.workflow nodes guides models checkers sandboxes prompts evals training"),
        ("nodes", "graph.workflow symbench evals training cli"),
        ("graph", "nodes"),
        ("graph.server", "symbench evals training cli"),
        ("evals", "training cli"),
        ("training", "evals cli"),
    ],
)
def test_forbidden_dependencies(room: str, never: str) -> None:
    assert below(room).isdisjoint(never.split())


@pytest.mark.parametrize("package", ["graph", "nodes"])
def test_a_package_of_the_graph_imports_nothing(package: str) -> None:
    assert imports_of(PACKAGE)[package] == set()


FORBIDDEN = {
    "at the top": ("from codesteer.graph.state import Turn", "symbench.task -> graph.state"),
    "of a module": ("from codesteer.graph import state", "symbench.task -> graph.state"),
    "by its full name": ("import codesteer.graph.state as s", "symbench.task -> graph.state"),
    "relative": ("from ..graph import state", "symbench.task -> graph.state"),
    "of a package": ("from codesteer import graph", "symbench.task -> graph"),
    "in a function": ("def f():\n  from codesteer.graph.state import Turn", "symbench.task -> graph.state"),
    "for type checkers": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import codesteer.graph.state",
        "symbench.task -> graph.state",
    ),
}


@pytest.mark.parametrize(("line", "arrow"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_forbidden_imports_are_detected(tmp_path: Path, line: str, arrow: str) -> None:
    assert forbidden_imports(_tree(tmp_path, {"symbench/task.py": line, "graph/state.py": ""})) == [arrow]


def test_an_import_into_the_upper_part_of_the_graph_is_detected(tmp_path: Path) -> None:
    tree = {"nodes/run.py": "from codesteer.graph.workflow import build", "graph/workflow.py": ""}
    assert forbidden_imports(_tree(tmp_path, tree)) == ["nodes.run -> graph.workflow"]


def test_allowed_imports_and_other_libraries_pass(tmp_path: Path) -> None:
    tree = {
        "nodes/run.py": "import os.path\nfrom langgraph.graph import StateGraph\nfrom codesteer.graph import state",
        "graph/state.py": "from . import routing",
        "graph/routing.py": "",
    }
    assert forbidden_imports(_tree(tmp_path, tree)) == []


def test_import_cycles_are_detected(tmp_path: Path) -> None:
    tree = {
        "models/one.py": "from codesteer.models import two",
        "models/two.py": "def f():\n  from codesteer.models.three import g",
        "models/three.py": "from .one import h",
    }
    assert {"models.one", "models.two", "models.three"} <= set(cycle(imports_of(_tree(tmp_path, tree))))


def _tree(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a small package with the rooms that its files are in."""
    package = folder / "codesteer"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")
    return package
