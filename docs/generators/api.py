"""The reference of the Python API: a page a room, from the docstrings of its modules."""

import importlib
import inspect
import pkgutil

import codesteer

LEFT_OUT = {"cli"}
"""Described by the reference of the command line."""
FRONT = """# Python API

What `codesteer` itself exports, and the modules that belong to no room. The pages beside this one hold the rooms of the
package, module by module.

| name | what it is |
|---|---|
"""
ALONE = ("checkpoints", "errors", "settings")
"""Modules that belong to no room."""


def api_pages() -> dict[str, str]:
    """Return the pages by name: ``index`` with the front door, and each room with its public modules."""
    pages = {"index": _front()}
    for _, name, is_package in pkgutil.iter_modules(codesteer.__path__):
        if is_package and name not in LEFT_OUT:
            pages[name] = _room(name)
    return pages


def _front() -> str:
    return "\n".join([FRONT + "\n".join(map(_row, codesteer.__all__)), "", *map(_directive, ALONE)])


def _row(name: str) -> str:
    exported = getattr(codesteer, name)
    summary = (inspect.getdoc(exported) or "").partition("\n")[0]
    return f"| [`{name}`][{exported.__module__}.{exported.__qualname__}] | {summary} |"


def _room(name: str) -> str:
    room = importlib.import_module(f"codesteer.{name}")
    modules = [module for _, module, is_package in pkgutil.iter_modules(room.__path__) if not is_package]
    body = "\n".join(_directive(f"{name}.{module}") for module in modules)
    return f"# {name}\n\n{room.__doc__}\n\n{body}"


def _directive(path: str) -> str:
    return f"::: codesteer.{path}\n"
