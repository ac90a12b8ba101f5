"""Imports what programs use most before they are forked, and makes each fork's random numbers its own."""

import gc
import importlib
import sys

from .pages import use_large_pages


def import_modules(names: tuple[str, ...]) -> None:
    """Import the modules that are there; one that is broken is left to the program that wants it."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            print(f"{name} cannot be preloaded: {error}", file=sys.stderr)  # noqa: T201 for the host's log
    gc.collect()
    gc.freeze()  # the collector of a fork would otherwise write to, and so copy, every page
    use_large_pages()


def reseed() -> None:
    """Seed the generators that do not notice a fork by themselves."""
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if sympy_random := sys.modules.get("sympy.core.random"):
        sympy_random.rng.seed()
