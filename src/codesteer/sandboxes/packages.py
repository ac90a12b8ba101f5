"""The third-party packages that programs may use, as far as they are installed."""

import site
from importlib.machinery import PathFinder

_SOLVERS = (
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


def installed_packages() -> tuple[str, ...]:
    """Return the import names of the solver packages that programs can import."""
    # Programs see no packages of the user's own folder, hence not simply importlib.util.find_spec.
    folders = site.getsitepackages()
    return tuple(name for name in _SOLVERS if PathFinder.find_spec(name, folders) is not None)
