"""Import common modules before programs are forked, and reseed random number generators in each fork."""

import gc
import importlib
import sys

from .huge_pages import collapse_to_huge_pages


def import_modules(names: tuple[str, ...]) -> None:
    """Import modules; skip those that are missing or broken."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            print(f"cannot preload {name}: {error}", file=sys.stderr)  # noqa: T201 for the host's log
    gc.collect()
    gc.freeze()  # otherwise a fork's garbage collector would write to, and thus copy, every page
    collapse_to_huge_pages()


def reseed_generators() -> None:
    """Reseed the generators that do not reseed themselves after a fork."""
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if sympy_random := sys.modules.get("sympy.core.random"):
        sympy_random.rng.seed()
