"""Search algorithms that generate or solve puzzles."""

from importlib import import_module
from typing import Any

from codesteer.errors import ConfigurationError


def import_solver(module: str) -> Any:
    """Import a module of a solver library; only reference solvers need one.

    Raises:
        ConfigurationError: The library is not installed.
    """
    try:
        return import_module(module)
    except ImportError as problem:
        name = module.partition(".")[0]
        raise ConfigurationError(f"solving needs {name}: pip install 'codesteer[solvers]'") from problem
