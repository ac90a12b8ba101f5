"""Tell checking programs that test an answer from those that only print a verdict."""

import ast
from collections.abc import Collection

from codesteer.checkers.calls import Output
from codesteer.checkers.code_report import Finding
from codesteer.checkers.flow import Flow
from codesteer.checkers.program_source import parse_program
from codesteer.checkers.values import Value

VERDICT_WORDS = frozenset({"CONFIRMED", "REFUTED"})
_DEPENDENT = Value.COMPUTED | Value.GUARDED


def verdict_is_unconditional(program: str, words: Collection[str] = VERDICT_WORDS) -> bool:
    """Decide whether a checking program prints its verdict whatever it finds out (an echo).

    It is an echo when every call that prints a verdict word as such is reached under no computed condition, and the
    word is not chosen by one. A condition is computed when it depends on an operation, on a call, or on items taken
    from data; comparing one constant with another is not computing. Where no call names a word, as in
    `print(verdict)`, it is an echo when nothing printed depends on computation. An `assert` or a `raise` before the
    verdict is a condition as well.

    A program that cannot be parsed, and one that prints nothing, gives no verdict and so is no echo.

    Args:
        program: The checking program's text.
        words: The verdict words, in capitals.
    """
    tree = parse_program(program)
    if isinstance(tree, Finding):
        return False
    try:
        return _is_echo(Flow(tree), words)
    except RecursionError:
        return False


def never_reads(program: str, name: str) -> bool:
    """Decide whether a checking program never reads a variable, such as the answer that it is to test.

    Assigning to the variable is not reading it. A program that cannot be parsed gives False.

    Args:
        program: The checking program's text.
        name: The variable's name.
    """
    tree = parse_program(program)
    if isinstance(tree, Finding):
        return False
    loads = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return all(node.id != name for node in loads)


def _is_echo(flow: Flow, words: Collection[str]) -> bool:
    if flow.is_intricate or not flow.printed:
        return False
    naming = [output for output in flow.printed if _names_word(output.call, words)]
    if naming:
        return not any(output.guarded or _is_chosen(output, words) for output in naming)
    return not any(output.guarded or output.value & _DEPENDENT for output in flow.printed)


def _is_chosen(output: Output, words: Collection[str]) -> bool:
    """True if a verdict word in a call is picked there and then, as in `"CONFIRMED" if ok else "REFUTED"`."""
    if not output.value & _DEPENDENT:
        return False
    picks: list[ast.AST] = []
    for part in ast.walk(output.call):
        if isinstance(part, (ast.IfExp, ast.Subscript, ast.BoolOp)):
            picks.append(part)
        elif isinstance(part, ast.Call) and part is not output.call:
            picks.extend(part.args)
    return any(_names_word(pick, words) for pick in picks)


def _names_word(node: ast.AST, words: Collection[str]) -> bool:
    for part in ast.walk(node):
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and _words_of(part.value) & set(words)
        ):
            return True
    return False


def _words_of(text: str) -> set[str]:
    return set("".join(sign if sign.isalpha() else " " for sign in text.upper()).split())
