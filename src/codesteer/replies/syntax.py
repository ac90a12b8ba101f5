"""Parse programs without emitting warnings, within a budget for each reply."""

import ast
import symtable
import threading
import warnings
from collections.abc import Callable
from typing import TypeVar

MAX_CHARACTERS = 100_000
"""Longer programs are rejected: models write far shorter ones, and parsing takes up to 2 ms per 1000 characters."""
PARSE_BUDGET = 20_000
"""Characters parsed for one reply, about 40 ms. Unparsed blocks are judged by their fence or tag alone."""
PROGRAM_TEXT_BUDGET = 12_000
"""Maximum characters of a reply that is a program without fences."""

_FILE_NAME = "codesteer-checked-program"
_PARSE_ATTEMPTS = 3
_filter_lock = threading.Lock()
Parsed = TypeVar("Parsed")


def parse_quietly(program: str) -> ast.Module:
    """Parse with the parser's warnings suppressed; retry if another thread changed the warning filters.

    With warnings as errors, the parser would report an invalid escape sequence as a syntax error.

    Raises:
        SyntaxError: or any other exception of ``ast.parse``.
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
            # Before Python 3.11.9, parsing in two threads can fail (cpython#106905).
            continue
    _silence_parser()
    return parse()


# warnings.catch_warnings replaces the filters of the whole process and is not thread-safe. This filter is only added,
# never removed, and matches only the file name passed to the parser.
def _silence_parser() -> None:
    if not _is_silenced():
        with _filter_lock:
            warnings.filterwarnings("ignore", module=_FILE_NAME)


def _is_silenced() -> bool:
    # The filter must come first: an earlier one, such as pytest's "error", would take precedence.
    first = next(iter(warnings.filters), None)
    pattern = first[3] if first is not None else None
    return getattr(pattern, "pattern", pattern) == _FILE_NAME


class Parser:
    """Parses the parts of one reply, each at most once, until the budget is spent."""

    def __init__(self, budget: int = PARSE_BUDGET) -> None:
        self._remaining = budget
        self._trees: dict[str, ast.Module | None] = {}

    def tree(self, text: str) -> ast.Module | None:
        """Return the syntax tree; None if the text is not Python, or was not parsed."""
        if text not in self._trees and self._spend(text):
            self._trees[text] = _attempt(lambda: ast.parse(text, filename=_FILE_NAME))
        return self._trees.get(text)

    def can_parse(self, length: int) -> bool:
        """Return whether the budget allows a text of this length."""
        return length <= self._remaining

    def is_skipped(self, text: str) -> bool:
        """Return whether the text exceeds the budget."""
        self.tree(text)
        return text not in self._trees

    def symbols(self, text: str) -> symtable.SymbolTable | None:
        """Return the symbol table of a program; None if the text is not Python, or was not parsed."""
        if self.tree(text) is None or not self._spend(text):
            return None
        return _attempt(lambda: symtable.symtable(text, _FILE_NAME, "exec"))

    def _spend(self, text: str) -> bool:
        if not self.can_parse(len(text)):
            return False
        self._remaining -= len(text)
        return True


def _attempt(parse: Callable[[], Parsed]) -> Parsed | None:
    try:
        return _quietly(parse)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None
