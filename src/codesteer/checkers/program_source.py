"""Turns any text into a syntax tree or into the reason why there is none."""

import ast

from codesteer.checkers.code_report import Finding
from codesteer.replies.syntax import MAX_CHARACTERS, parse_quietly

_BYTE_ORDER_MARK = "\ufeff"
_MAX_MESSAGE = 160


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
        return parse_quietly(program.removeprefix(_BYTE_ORDER_MARK))
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
