r"""Find marked answers: ``<<<…>>>``, ``\boxed{…}``, ``<answer>…</answer>``, or an unclosed mark.

The last complete mark counts, and ``<<<…>>>`` precedes the others. Ignored are empty marks, placeholders
(``<<<answer>>>``, "between <<< and >>>"), and marks in the strings of a program.
"""

import re
from collections.abc import Iterator

from codesteer.replies.latex import last_box
from codesteer.replies.markup import unwrap, unwrap_rest

_MAX_MARKS = 100
"""Maximum number of marks examined in one text, from its end."""
_SEARCH_LENGTH = 50_000
"""Maximum length of an unclosed answer, and of the text searched for tags."""
_PLACEHOLDER_LENGTH = 120
_PLACEHOLDER = re.compile(
    r"\W{0,9}(?:(?:[Yy]our |[Tt]he |[Ff]inal |correct |exact ){0,3}(?i:answer)(?: here| goes here)?"
    r"|number|integer|expression|string|letter|list|numbers|letters|result|value|solution)\W{0,9}"
    r"|\W{0,9}(?:an? |the )?(?:list|string|sequence|numbers?|letters?|integers?|values?) (?:of|in|with|separated"
    r"|representing)\b[^\n\d]{0,100}"
    r"|\s*+(?:\.{3,9}|…|_{2,9})\s*+"
    r"|[\s`'\"’”“*](?:[^\n<>]{0,80}[\s(])?(?:and|or|to|until)[\s`'\"’”“*]{1,9}"
)
_ENDS_LINE_HALF_CLOSED = re.compile(r"(?<!>)>>[ \t]*+(?=\n)")
_HALF_CLOSED = re.compile(r"(?<=[^\s=>-])>{1,2}+(?=[\s.,;:!?*`)\]]|\Z)")
_LOOKALIKES = str.maketrans("＜＞", "<>")
_ESCAPED = {
    "《" * 3: "<<<",
    "》" * 3: ">>>",
    "\\<" * 3: "<<<",
    "\\>" * 3: ">>>",
    "&lt;" * 3: "<<<",
    "&gt;" * 3: ">>>",
}
_TAGGED = re.compile(r"<((?:final_)?answer)>([^<]{1,20000}+)</\1>", re.IGNORECASE)
_EMPTY = re.compile(r"(?:[<>\s`*$]|\\(?:boxed|fbox|framebox)\s{0,9}\{\s{0,9}\})*+")
_BEGIN = re.compile(
    r"\s{0,9}(?:[A-Za-z]{2,20}|(?=\d|[\"'\\]?[^\s\d][\"']?[ \t]?[,|]|\S[ \t]\S(?!\S))|[(\[{])"
)
"""The beginning of a line of a list: a word, a number or bracket, or the cells of a row."""
_IN_CALL = re.compile(r"\b(?:print|write|puts|log|format|echo)[a-zA-Z]{0,9}\s?\(")
_BEGINS_VALUE = re.compile(r"[-+−]?[\w(\[{]")
_LINE_MARKUP = " \t*`_:="
_AFTER_MARK = " \t:="
_FENCED = re.compile(r"(`{3,}+|~{3,}+)[\w+.-]*+\n(.*)\n[ \t]*+\1", re.DOTALL)


def find_marked_answer(text: str) -> str | None:
    """Return the marked answer of a text; None without one."""
    plain = _with_plain_brackets(text)
    for find in (_last_complete, last_box, _last_tagged, _last_unclosed):
        if (answer := find(plain)) is not None:
            return answer.strip()
    unclosed = last_box(plain, closed=False)
    return unclosed.strip() if unclosed is not None else _after_placeholder(plain)


def last_bracketed(text: str) -> str | None:
    """Return the content of the last complete, nonempty ``<<<…>>>``, even a placeholder; None without one."""
    return next((content.strip() for content, _ in _complete_marks(text) if content.strip()), None)


def is_empty_mark(text: str) -> bool:
    """Return whether a text consists of empty answer marks only."""
    return _EMPTY.fullmatch(text[-_SEARCH_LENGTH:]) is not None


def _with_plain_brackets(text: str) -> str:
    text = text.translate(_LOOKALIKES) if "＜" in text else text
    for written, mark in _ESCAPED.items():
        text = text.replace(written, mark)
    return text


def _complete_marks(text: str) -> Iterator[tuple[str, int]]:
    """Yield the content and position of each complete mark, from the last to the first."""
    end = text.rfind(">>>")
    for _ in range(_MAX_MARKS):
        start = text.rfind("<<<", 0, end) if end >= 0 else -1
        if start < 0:
            return
        stop = text.find(">>>", start + 3)
        yield text[start + 3 : stop], start
        start -= len(text[max(0, start - 9) : start]) - len(text[max(0, start - 9) : start].rstrip("<"))
        end = text.rfind(">>>", 0, start)


def _last_complete(text: str) -> str | None:
    for content, start in _complete_marks(text):
        cut = _ENDS_LINE_HALF_CLOSED.search(content)
        content = (
            content[: cut.start()] if cut is not None and _is_balanced(content[: cut.start()]) else content
        )
        if _is_answer(content) and not _is_in_string(text, start, content):
            return _strip_markup(content)
    return None


def _after_placeholder(text: str) -> str | None:
    """Return what follows a copied placeholder that begins a line, as in ``<<<answer>>> 42``."""
    for content, start in _complete_marks(text):
        before = text[:start].rpartition("\n")[2].strip(_LINE_MARKUP + "#>-")
        end = start + len(content) + 6
        rest = text[end : end + _SEARCH_LENGTH].partition("\n")[0].lstrip(_AFTER_MARK)
        rest = unwrap_rest(text[max(0, start - 200) : end], rest).lstrip(_AFTER_MARK)
        if content.strip() and not before and _BEGINS_VALUE.match(rest) and _is_answer(rest):
            return _strip_markup(rest)
    return None


def _last_tagged(text: str) -> str | None:
    if "answer>" not in text[-_SEARCH_LENGTH:].lower():
        return None
    answers = [
        tag[2] for tag in _TAGGED.finditer(text, max(0, len(text) - _SEARCH_LENGTH)) if _is_answer(tag[2])
    ]
    return _strip_markup(answers[-1]) if answers else None


def _last_unclosed(text: str) -> str | None:
    """Return the text after the last unclosed ``<<<``."""
    start = len(text)
    for _ in range(_MAX_MARKS):
        start = text.rfind("<<<", 0, start)
        if start < 0:
            return None
        content = _unclosed_content(text[start + 3 : start + 3 + _SEARCH_LENGTH])
        if content is not None and _is_answer(content) and not _is_in_string(text, start, content):
            return _strip_markup(content)
    return None


def _unclosed_content(rest: str) -> str | None:
    """Return the rest of the line, or more if that has open brackets; None if the mark is closed."""
    line, _, _ = rest.partition("\n")
    if ">>>" in line:
        return None
    if half := _HALF_CLOSED.search(line):
        return line[: half.start()]
    if line.strip() and _is_balanced(line):
        lines = "\n".join(_similar_lines(rest))
        half = _HALF_CLOSED.search(lines)
        return lines[: half.start()] if half else lines
    more = rest.partition(">>")[0]
    return more.rstrip(">\n ")


def _similar_lines(rest: str) -> Iterator[str]:
    """Yield the first line and the following ones that begin alike: steps, moves, rows of cells."""
    lines = rest.split("\n")
    first = _BEGIN.match(lines[0])
    for index, line in enumerate(lines):
        begin = _BEGIN.match(line)
        if index and (first is None or begin is None or begin[0] != first[0]):
            return
        yield line


def _is_balanced(text: str) -> bool:
    return sum(map(text.count, "([{")) <= sum(map(text.count, ")]}"))


def _is_answer(content: str) -> bool:
    """Return whether the content of a mark is an answer, not empty or a placeholder."""
    if not content.strip(" \t\n<>"):
        return False
    return len(content) > _PLACEHOLDER_LENGTH or _PLACEHOLDER.fullmatch(content) is None


def _is_in_string(text: str, start: int, content: str) -> bool:
    """Return whether a mark is in a string that a program builds or prints."""
    before = text[max(0, start - 200) : start].rpartition("\n")[2]
    quote = before[-1:]
    if quote == "`":
        return "${" in content
    if quote not in ("'", '"'):
        return False
    return quote in content or before[-2:-1] in ("f", "F") or _IN_CALL.search(before) is not None


def _strip_markup(content: str) -> str:
    """Remove the markup around an answer: a fence, bold type, inline code."""
    content = content.strip()
    fenced = _FENCED.fullmatch(content)
    content = fenced[2].strip("\n") if fenced else content
    if content.strip("$ ").startswith("\\boxed") and (box := last_box(content)):
        content = box.strip()
    return unwrap(content)
