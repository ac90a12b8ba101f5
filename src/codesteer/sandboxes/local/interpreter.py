"""What programs see of this Python installation: its interpreter, its libraries, its packages."""

import os
import site
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

_SOLVER_PACKAGES = (
    "constraint",
    "networkx",
    "numpy",
    "ortools",
    "pandas",
    "pysat",
    "scipy",
    "sympy",
    "z3",
)
_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/nix/store")
# Only these parts of a prefix: the rest of it may be the user's, as when a project folder is its own
# virtual environment or Python was installed to ~/.local.
_PREFIX_PARTS = ("bin", "lib", "lib64", "lib32", "pyvenv.cfg")


def readable_paths() -> tuple[Path, ...]:
    """Return the folders and files that an interpreter run needs; each exists, some may be links."""
    candidates = [*(Path(name) for name in _SYSTEM_FOLDERS + _SYSTEM_FILES), *_prefix_parts()]
    chosen: list[Path] = []
    for path in candidates:
        if path.exists() and not any(path.is_relative_to(parent) for parent in chosen):
            chosen.append(path)
    return tuple(chosen)


def installed_packages() -> tuple[str, ...]:
    """Return the import names of the solver packages that programs can import."""
    folders = site.getsitepackages()
    return tuple(name for name in _SOLVER_PACKAGES if PathFinder.find_spec(name, folders) is not None)


def _prefix_parts() -> Iterator[Path]:
    for prefix in (Path(sys.base_prefix), Path(sys.prefix), *_executable_prefixes()):
        for part in _PREFIX_PARTS:
            yield prefix / part


def _executable_prefixes() -> Iterator[Path]:
    """Follow the interpreter's chain of links: every hop must be visible for the last to be found."""
    hop = Path(sys.executable)
    while hop.is_symlink():
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
        yield hop.parents[1]
    yield Path(sys.executable).resolve().parents[1]
