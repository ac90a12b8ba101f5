"""Repair programs that use answer marks as syntax, as in ``result = <<<total>>>``."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codesteer.replies.answer_marks import find_marked_answer
from codesteer.replies.names import PREDEFINED, imports_all, loaded_names, stored_names
from codesteer.replies.program_detection import is_program, prints_output
from codesteer.replies.syntax import Parser

_MAX_MARKS = 100
"""Maximum number of opening marks examined in one program."""
_MAX_LENGTH = 2000
"""Maximum length of a marked text."""
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+(?:"""|\\?\Z)'
    r"|'''(?:[^'\\]|\\[\s\S]|'(?!''))*+(?:'''|\\?\Z)"
    r'|"(?:[^"\\\n]|\\[\s\S])*+"?+'
    r"|'(?:[^'\\\n]|\\[\s\S])*+'?+"
    r"|#[^\n]*+"
    r"|(?P<opening><<<++)|(?P<closing>>>++)"
)
"""A string, terminated or not, a comment, or a mark outside them."""
_NEXT_STATEMENT = re.compile(r"[ \t]*+(?!(?:if|else|and|or|in|is|not|for)\b)[A-Za-z_@]")
_USED = re.compile(r"\b([A-Za-z_]\w{0,60})[\[(]")
"""A name that is called or subscripted."""
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*+)[ \t]*+=[ \t]*+")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A marked text outside the strings and comments of a program."""

    start: int
    end: int
    content: str
    before: str
    """The text before it on its line."""
    after: str
    """The text after it on its line."""

    @property
    def is_statement(self) -> bool:
        """Nothing but a comment shares its lines."""
        return not self.before.strip() and self.after.strip(" \t.;")[:1] in ("", "#")


def repair_marks(text: str, parser: Parser, *, is_python: bool) -> str:
    """Return a program with expressions or strings in place of its marks; unchanged if that is impossible.

    Marks alone on a line print the answer, and so does a last assignment of a marked answer, if nothing else prints.

    Args:
        text: a program that does not parse.
        parser: the parser for this reply.
        is_python: whether the program is known to be Python; otherwise it must be recognisable without its marks.
    """
    marks = list(_find_marks(text)) if "<<<" in text else []
    tree = parser.tree(_replace(text, marks, ["(None)"] * len(marks))) if marks else None
    if tree is None or not (is_python or is_program(tree)):
        return text
    bound = _Bound.by(tree)
    values = [_value(mark.content, bound, parser) for mark in marks]
    written = [value for value in values if value is not None]
    if len(written) < len(values):
        return text
    prints = prints_output(tree)
    statements = [
        _statement(value, prints=prints) if mark.is_statement else value
        for mark, value in zip(marks, written, strict=True)
    ]
    repaired = _replace(text, marks, statements)
    if not prints and not any(mark.is_statement for mark in marks):
        repaired = _with_printed_assignment(repaired, marks[-1])
    return repaired


def _find_marks(text: str) -> Iterator[_Mark]:
    position = openings = 0
    while openings < _MAX_MARKS and (token := _TOKEN.search(text, position)):
        position = token.end()
        if not token["opening"]:
            continue
        openings += 1
        if closing := _closing(text, position):
            start, end = closing
            line_start = text.rfind("\n", 0, token.start()) + 1
            line_end = _line_end(text, end)
            yield _Mark(
                token.start(),
                end,
                text[position:start].strip(),
                before=text[line_start : token.start()],
                after=text[end:line_end],
            )
            position = end


def _closing(text: str, start: int) -> tuple[int, int] | None:
    """Return the position of the closing mark: on the same line, in two signs only, or on a later line."""
    line_end = min(_line_end(text, start), start + _MAX_LENGTH)
    tokens = _before_opening(_TOKEN.finditer(text, start, line_end))
    closings = [token.span() for token in tokens if token["closing"]]
    complete = [(first, end) for first, end in closings if end - first >= 3]
    if complete:
        return complete[0]
    # An apostrophe in a text looks like the start of a string.
    for stop in (line_end, start + _MAX_LENGTH):
        first = text.find(">>>", start, stop)
        if first >= 0 and (stop == line_end or "<<<" not in text[start:first]):
            return first, first + 3
        if closings:
            return closings[0]
    return None


def _before_opening(tokens: Iterator[re.Match[str]]) -> list[re.Match[str]]:
    found = []
    for token in tokens:
        if token["opening"]:
            break
        found.append(token)
    return found


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _replace(text: str, marks: Sequence[_Mark], replacements: Sequence[str]) -> str:
    """Replace the marks; start a new line for a statement that follows one."""
    parts, position = [], 0
    for mark, replacement in zip(marks, replacements, strict=True):
        parts += [text[position : mark.start], replacement]
        position = mark.end
        if statement := _NEXT_STATEMENT.match(mark.after):
            margin = mark.before[: len(mark.before) - len(mark.before.lstrip())]
            parts.append(f"\n{margin}")
            position += len(statement[0]) - 1
    return "".join([*parts, text[position:]])


@dataclass(frozen=True, slots=True)
class _Bound:
    """The names that a program binds anywhere."""

    names: set[str]
    binds_functions: bool
    """It imports all names of a module, so that functions may have any name."""

    @classmethod
    def by(cls, tree: ast.Module) -> "_Bound":
        """Return the names bound by a program."""
        arguments = {part.arg for part in ast.walk(tree) if isinstance(part, ast.arg)}
        return cls(stored_names(tree) | arguments, imports_all(tree))


def _value(content: str, bound: _Bound, parser: Parser) -> str | None:
    """Return the expression or string for a marked text; None for a placeholder or an expression with an error."""
    tree = parser.tree(f"({content})")
    statement = tree.body[0] if tree is not None and len(tree.body) == 1 else None
    if isinstance(statement, ast.Expr) and _is_expression(statement.value, content, bound):
        return f"({content})"
    called = {match[1] for match in _USED.finditer(content)}
    if called & bound.names or find_marked_answer(f"<<<{content}>>>") is None:
        return None
    return repr(content)


def _is_expression(value: ast.expr, content: str, bound: _Bound) -> bool:
    """Return whether a marked text is code, not the answer as text.

    A text without names is one only if it is a constant or a container: ``8/(3-8/3)``, ``2024-11-12`` and ``1,234`` are
    answers as they stand.
    """
    names = loaded_names(value) - stored_names(value)
    if not names:
        is_container = isinstance(value, ast.List | ast.Dict | ast.Set) or (
            isinstance(value, ast.Tuple) and content[0] == "("
        )
        return isinstance(value, ast.Constant) or is_container
    if isinstance(value, ast.Name):
        return value.id in bound.names
    missing = names - bound.names - PREDEFINED
    return not missing or (bound.binds_functions and missing <= _called_names(value))


def _called_names(value: ast.expr) -> set[str]:
    calls = [part.func for part in ast.walk(value) if isinstance(part, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)}


def _statement(value: str, *, prints: bool) -> str:
    return "pass" if prints else f"print('<<<' + str({value}) + '>>>')"


def _with_printed_assignment(program: str, mark: _Mark) -> str:
    assigned = _ASSIGNMENT.fullmatch(mark.before)
    return f"{program.rstrip()}\nprint('<<<' + str({assigned[1]}) + '>>>')" if assigned else program
