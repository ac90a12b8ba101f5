"""Turns any text into a syntax tree or into the reason why there is none."""

import ast
import threading
import warnings

from codesteer.checkers.code_report import Finding

MAX_CHARACTERS = 100_000
"""A longer program is refused: models write far shorter ones, and parsing costs up to 2 ms per 1000 characters."""

_BYTE_ORDER_MARK = "\ufeff"
_FILE_NAME = "codesteer-checked-program"
_MAX_MESSAGE = 160
_PARSE_ATTEMPTS = 3
_filter_lock = threading.Lock()


def parse_program(program: str) -> ast.Module | Finding:
    """Parses a program without raising and without letting a warning out.

    Args:
        program: Any text.

    Returns:
        The syntax tree, or the finding that says why the text has none.
    """
    if len(program) > MAX_CHARACTERS:
        message = f"The program has {len(program)} characters; at most {MAX_CHARACTERS} are analysed."
        return Finding(kind="too_large", line=0, message=message)
    if "\0" in program:
        line = program.count("\n", 0, program.index("\0")) + 1
        return Finding(kind="syntax_error", line=line, message="The program contains a NUL character.")
    try:
        return _parse_quietly(program.removeprefix(_BYTE_ORDER_MARK))
    except SyntaxError as error:
        return _syntax_finding(error)
    except (RecursionError, MemoryError, SystemError):
        return Finding(
            kind="too_deep", line=0, message="The program nests expressions too deeply to be parsed."
        )
    except UnicodeEncodeError as error:
        line = program.count("\n", 0, error.start) + 1
        message = "The program contains half of a surrogate pair, which is no character."
        return Finding(kind="syntax_error", line=line, message=message)
    except ValueError as error:
        message = f"The program cannot be read as Python: {printable(str(error))}."
        return Finding(kind="syntax_error", line=0, message=message)


def _parse_quietly(program: str) -> ast.Module:
    """Parses under a warning filter of our own; tries again when another thread came in between.

    Where warnings are errors, the parser reports an invalid escape as a syntax error.
    """
    for _ in range(_PARSE_ATTEMPTS - 1):
        _silence_parser()
        try:
            return ast.parse(program, filename=_FILE_NAME)
        except SyntaxError:
            if _is_silenced():
                raise
        except SystemError:
            # Before 3.11.9 the parser can lose count of its depth when two threads parse (cpython#106905).
            continue
    _silence_parser()
    return ast.parse(program, filename=_FILE_NAME)


# warnings.catch_warnings swaps the filters of the whole process and is unsafe among threads. This filter is only
# ever added, and it matches nothing but the file name that ast.parse is given above.
def _silence_parser() -> None:
    if not _is_silenced():
        with _filter_lock:
            warnings.filterwarnings("ignore", module=_FILE_NAME)


def _is_silenced() -> bool:
    # Not only present but first: a filter in front of it, such as pytest's "error", would win.
    first = next(iter(warnings.filters), None)
    pattern = first[3] if first is not None else None
    return getattr(pattern, "pattern", pattern) == _FILE_NAME


def _syntax_finding(error: SyntaxError) -> Finding:
    line = max(error.lineno or 0, 0)
    reason = printable(error.msg or "invalid syntax")
    return Finding(kind="syntax_error", line=line, message=f"The program is not valid Python: {reason}.")


def printable(text: str) -> str:
    """Shortens a text to one line that every encoder accepts.

    Args:
        text: Any text, lone surrogates included.
    """
    line = " ".join(text.split())[:_MAX_MESSAGE]
    return line.encode("utf-8", "backslashreplace").decode("utf-8").rstrip(".")
