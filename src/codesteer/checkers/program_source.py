"""Turn any text into a syntax tree or into the reason why there is none."""

import ast

from codesteer.checkers.code_report import Finding
from codesteer.replies.syntax import MAX_CHARACTERS, parse_quietly

MAX_NODES = 45_000
"""More syntax nodes than this are refused."""
MAX_DEPTH = 120
"""Deeper trees are refused, because the data flow follows them by recursion."""
_BYTE_ORDER_MARK = "\ufeff"
_MAX_MESSAGE = 160


def parse_program(program: str) -> ast.Module | Finding:
    """Parse any text without raising and without letting a warning out.

    Returns:
        The syntax tree, or the finding that says why there is none, or none that is analysed.
    """
    tree = _parse(program)
    refusal = _refusal(tree) if isinstance(tree, ast.Module) else None
    return tree if refusal is None else refusal


def _parse(program: str) -> ast.Module | Finding:
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


def _refusal(tree: ast.Module) -> Finding | None:
    """Return the finding on a tree that is too large or too deep."""
    level: list[ast.AST] = [tree]
    nodes = depth = 0
    while level and nodes <= MAX_NODES and depth <= MAX_DEPTH:
        nodes, depth = nodes + len(level), depth + 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if nodes > MAX_NODES:
        message = f"The program has more than {MAX_NODES} syntax nodes and is not analysed."
        return Finding(kind="too_large", line=0, message=message)
    if depth > MAX_DEPTH:
        message = f"The program nests more than {MAX_DEPTH} levels deep and is not analysed."
        return Finding(kind="too_deep", line=0, message=message)
    return None


def _syntax_finding(error: SyntaxError) -> Finding:
    line = max(error.lineno or 0, 0)
    reason = printable(error.msg or "invalid syntax")
    return Finding(kind="syntax_error", line=line, message=f"The program is not valid Python: {reason}.")


def printable(text: str) -> str:
    """Shorten any text, lone surrogates included, to one line that every encoder accepts."""
    line = " ".join(text.split())[:_MAX_MESSAGE]
    return line.encode("utf-8", "backslashreplace").decode("utf-8").rstrip(".")
