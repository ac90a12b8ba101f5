"""Find the program in a reply without fences: prose, then code."""

import ast
import re
from dataclasses import dataclass
from itertools import islice

from codesteer.replies.answer_marks import find_marked_answer
from codesteer.replies.code_normalization import normalize_code
from codesteer.replies.fences import Fence
from codesteer.replies.languages import is_python
from codesteer.replies.names import find_names
from codesteer.replies.program_detection import is_program
from codesteer.replies.syntax import PROGRAM_TEXT_BUDGET, Parser

_MAX_STARTS = 10
"""Maximum number of lines at which a program is sought."""
_CODE_LINE = re.compile(
    r"^(?:(?:import|from|def|class|for|while|if|with|try|async)\b|print\s?\(|@\w|[A-Za-z_][\w.]{0,60}+[ \t]{0,9}[=(\[,]"
    r"|\#)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Unfenced:
    """Code without a fence."""

    text: str
    """Normalised if it is a program."""
    start: int
    end: int
    """The end of the code, or of the fence that closes it."""


def find_unfenced(text: str, parser: Parser) -> Unfenced | None:
    """Return the code at the end of a reply: from some line on, the reply is a program, perhaps with prose after it.

    If its names show that the program begins earlier, in lines that do not parse, all of its lines are returned.
    """
    search_start = max(0, text.rfind("\n", 0, max(0, len(text) - PROGRAM_TEXT_BUDGET)) + 1)
    starts = [match.start() for match in islice(_CODE_LINE.finditer(text, search_start), _MAX_STARTS)]
    for start in starts:
        rest = text[start:]
        code = normalize_code(rest, "", parser, is_python=False)
        tree = parser.tree(code)
        if tree is None or not is_program(tree) or (len(code) < len(rest.rstrip()) and _only_imports(tree)):
            continue
        if find_names(code, parser).missing:
            if find_marked_answer(text[:start]) is not None:
                return None  # a line copied from the instructions, after the answer in words
            return Unfenced(text[starts[0] :], starts[0], len(text))
        end = start + len(code) if rest.startswith(code) else len(text)
        return Unfenced(code, start, end)
    return None


def find_prefilled(text: str, fence: Fence | None, parser: Parser) -> Unfenced | None:
    """Return the program before a reply's first fence, which closes it if the opening one stood in the request.

    The language, which the request may have left to the model, is no part of it.
    """
    if fence is None or not fence.starts_line or fence.info.tag or fence.in_answer:
        return None
    before = text[: fence.start]
    language, newline, rest = before.partition("\n")
    if newline and is_python(language.strip().lower()):
        before = rest
    found = find_unfenced(before, parser)
    offset = fence.start - len(before)
    if found is None or before[found.end :].strip():
        return None
    return Unfenced(found.text, found.start + offset, fence.end)


def _only_imports(tree: ast.Module) -> bool:
    return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in tree.body)
