"""List the installed third-party packages that programs may import."""

import site
from importlib.machinery import PathFinder

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


def installed_packages() -> tuple[str, ...]:
    """Return the import names of the solver packages that programs can import."""
    # Not importlib.util.find_spec, which also searches the user's site-packages; programs cannot see those.
    folders = site.getsitepackages()
    return tuple(name for name in _SOLVER_PACKAGES if PathFinder.find_spec(name, folders) is not None)
