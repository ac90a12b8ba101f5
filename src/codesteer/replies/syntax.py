"""Parse programs without letting a warning out, and no more of a reply than can be parsed quickly."""

import ast
import symtable
import threading
import warnings
from collections.abc import Callable
from typing import TypeVar

MAX_CHARACTERS = 100_000
"""A longer program is refused: models write far shorter ones, and parsing costs up to 2 ms per 1000 characters."""
BUDGET = 20_000
"""Characters parsed for one reply: about 40 ms. What is left unread counts by its container alone."""
PROGRAM_TEXT_BUDGET = 12_000
"""Characters of a reply that can be one program without a container."""

_FILE_NAME = "codesteer-checked-program"
_PARSE_ATTEMPTS = 3
_filter_lock = threading.Lock()
Parsed = TypeVar("Parsed")


def parse_quietly(program: str) -> ast.Module:
    """Parse under a warning filter of our own; try again when another thread came in between.

    Where warnings are errors, the parser reports an invalid escape as a syntax error.

    Raises:
        SyntaxError: and whatever else ``ast.parse`` raises.
    """
    return _quietly(lambda: ast.parse(program, filename=_FILE_NAME))


def _quietly(parse: Callable[[], Parsed]) -> Parsed:
    for _ in range(_PARSE_ATTEMPTS - 1):
        _silence_parser()
        try:
            return parse()
        except SyntaxError:
            if _is_silenced():
                raise
        except SystemError:
            # Before 3.11.9 the parser can lose count of its depth when two threads parse (cpython#106905).
            continue
    _silence_parser()
    return parse()


# warnings.catch_warnings swaps the filters of the whole process and is unsafe among threads. This filter is only
# ever added, and it matches nothing but the file name that the parser is given above.
def _silence_parser() -> None:
    if not _is_silenced():
        with _filter_lock:
            warnings.filterwarnings("ignore", module=_FILE_NAME)


def _is_silenced() -> bool:
    # Not only present but first: a filter in front of it, such as pytest's "error", would win.
    first = next(iter(warnings.filters), None)
    pattern = first[3] if first is not None else None
    return getattr(pattern, "pattern", pattern) == _FILE_NAME


class Parser:
    """Parses the parts of one reply, each part once, until the reply's budget is spent."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._left = budget
        self._trees: dict[str, ast.Module | None] = {}

    def tree(self, text: str) -> ast.Module | None:
        """Return the syntax tree; None if the text has none or was not parsed."""
        if text not in self._trees and self._spend(text):
            self._trees[text] = _attempt(lambda: ast.parse(text, filename=_FILE_NAME))
        return self._trees.get(text)

    def affords(self, length: int) -> bool:
        """True if a text of this length may still be parsed."""
        return length <= self._left

    def unread(self, text: str) -> bool:
        """True if the budget did not reach for this text."""
        self.tree(text)
        return text not in self._trees

    def symbols(self, text: str) -> symtable.SymbolTable | None:
        """Return the symbol table of a program; None if the text is none or was not parsed."""
        if self.tree(text) is None or not self._spend(text):
            return None
        return _attempt(lambda: symtable.symtable(text, _FILE_NAME, "exec"))

    def _spend(self, text: str) -> bool:
        if not self.affords(len(text)):
            return False
        self._left -= len(text)
        return True


def _attempt(parse: Callable[[], Parsed]) -> Parsed | None:
    try:
        return _quietly(parse)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None
