"""Generate the reference of the Python API: one page per subpackage, from the docstrings of its modules."""

import importlib
import inspect
import pkgutil

import codesteer

EXCLUDED = {"cli"}
"""Subpackages with their own reference page."""
INDEX_HEAD = """# Python API

The exports of `codesteer`, and its top-level modules. The other pages document the subpackages, module by module.

| name | description |
|---|---|
"""
TOP_LEVEL = ("checkpoints", "errors", "settings")
"""Top-level modules."""


def api_pages() -> dict[str, str]:
    """Return the pages by name: ``index`` with the exports, and each subpackage with its public modules."""
    pages = {"index": _index_page()}
    for _, name, is_package in pkgutil.iter_modules(codesteer.__path__):
        if is_package and name not in EXCLUDED:
            pages[name] = _package_page(name)
    return pages


def _index_page() -> str:
    return "\n".join([INDEX_HEAD + "\n".join(map(_row, codesteer.__all__)), "", *map(_directive, TOP_LEVEL)])


def _row(name: str) -> str:
    exported = getattr(codesteer, name)
    summary = (inspect.getdoc(exported) or "").partition("\n")[0]
    return f"| [`{name}`][{exported.__module__}.{exported.__qualname__}] | {summary} |"


def _package_page(name: str) -> str:
    package = importlib.import_module(f"codesteer.{name}")
    modules = [module for _, module, is_package in pkgutil.iter_modules(package.__path__) if not is_package]
    body = "\n".join(_directive(f"{name}.{module}") for module in modules)
    return f"# {name}\n\n{package.__doc__}\n\n{body}"


def _directive(path: str) -> str:
    return f"::: codesteer.{path}\n"
