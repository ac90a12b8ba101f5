r"""Find a marked answer: ``<<<…>>>``, ``\boxed{…}``, ``<answer>…</answer>``, or a mark that was left open.

The last complete mark counts, one of the first kind before the others. A mark that only names the form
(``<<<answer>>>``, "between <<< and >>>"), is empty, or stands in a string of a program marks no answer.
"""

import re
from collections.abc import Iterator

from codesteer.replies.latex import last_box

_MAX_MARKS = 100
"""Marks looked at in one text, from its end."""
_REACH = 50_000
"""Characters that an open mark reaches, and that are searched for tags."""
_FORM_LENGTH = 120
_FORM = re.compile(
    r"\W{0,9}(?:(?:[Yy]our |[Tt]he |[Ff]inal |correct |exact ){0,3}(?i:answer)(?: here| goes here)?"
    r"|number|integer|expression|string|letter|list|numbers|letters|result|value|solution)\W{0,9}"
    r"|\W{0,9}(?:an? |the )?(?:list|string|sequence|numbers?|letters?|integers?|values?) (?:of|in|with|separated"
    r"|representing)\b[^\n\d]{0,100}"
    r"|\s*+(?:\.{3,9}|…|_{2,9})\s*+"
    r"|[\s`'\"’”“*](?:[^\n<>]{0,80}[\s(])?(?:and|or|to|until)[\s`'\"’”“*]{1,9}"
)
_LEFT_OPEN = re.compile(r"(?<!>)>>[ \t]*+(?=\n)")
_HALF_CLOSED = re.compile(r"(?<=[^\s=>-])>{1,2}+(?=[\s.,;:!?*`)\]]|\Z)")
_LOOKALIKES = str.maketrans("＜＞", "<>")
_ESCAPED = {"\\<" * 3: "<<<", "\\>" * 3: ">>>", "&lt;" * 3: "<<<", "&gt;" * 3: ">>>"}
_TAGGED = re.compile(r"<answer>([^<]{1,20000}+)</answer>", re.IGNORECASE)
_EMPTY = re.compile(r"(?:[<>\s`*$]|\\(?:boxed|fbox|framebox)\s{0,9}\{\s{0,9}\})*+")
_BEGIN = re.compile(r"\s{0,9}(?:[A-Za-z]{2,20}|(?=\d)|[(\[{])")
_IN_CALL = re.compile(r"\b(?:print|write|puts|log|format|echo)[a-zA-Z]{0,9}\s?\(")
_FENCED = re.compile(r"(`{3,}+|~{3,}+)[\w+.-]*+\n(.*)\n[ \t]*+\1", re.DOTALL)


def find_marked_answer(text: str) -> str | None:
    """Return the answer that a text marks; None if it marks none."""
    plain = _with_plain_brackets(text)
    for find in (_last_complete, last_box, _last_tagged, _last_open):
        if (found := find(plain)) is not None:
            return found.strip()
    left_open = last_box(plain, closed=False)
    return left_open.strip() if left_open is not None else None


def last_bracketed(text: str) -> str | None:
    """Return what stands in the last complete ``<<<…>>>``, whatever it is; None without."""
    return next((content.strip() for content, _ in _complete(text) if content.strip()), None)


def is_empty_mark(text: str) -> bool:
    """True if a text is an answer mark without an answer."""
    return _EMPTY.fullmatch(text[-_REACH:]) is not None


def _with_plain_brackets(text: str) -> str:
    text = text.translate(_LOOKALIKES) if "＜" in text else text
    for written, mark in _ESCAPED.items():
        text = text.replace(written, mark)
    return text


def _complete(text: str) -> Iterator[tuple[str, int]]:
    """Yield the contents of the complete marks from the last one back, and where each begins."""
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
    for content, start in _complete(text):
        cut = _LEFT_OPEN.search(content)
        content = (
            content[: cut.start()] if cut is not None and _is_balanced(content[: cut.start()]) else content
        )
        if _answers(content) and not _is_in_string(text, start, content):
            return _bare(content)
    return None


def _last_tagged(text: str) -> str | None:
    if "<answer>" not in text[-_REACH:].lower():
        return None
    found = [tag[1] for tag in _TAGGED.finditer(text, max(0, len(text) - _REACH)) if _answers(tag[1])]
    return _bare(found[-1]) if found else None


def _last_open(text: str) -> str | None:
    """Return what stands behind the last ``<<<`` that was never closed."""
    start = len(text)
    for _ in range(_MAX_MARKS):
        start = text.rfind("<<<", 0, start)
        if start < 0:
            return None
        content = _behind(text[start + 3 : start + 3 + _REACH])
        if content is not None and _answers(content) and not _is_in_string(text, start, content):
            return _bare(content)
    return None


def _behind(rest: str) -> str | None:
    """Return the rest of the line, or more where that ends within brackets; None if it is closed after all."""
    line, _, _ = rest.partition("\n")
    if ">>>" in line:
        return None
    if half := _HALF_CLOSED.search(line):
        return line[: half.start()]
    if line.strip() and _is_balanced(line):
        return "\n".join(_alike(rest))
    more = rest.partition(">>")[0]
    return more.rstrip(">\n ")


def _alike(rest: str) -> Iterator[str]:
    """Yield the first line and those below it that begin in the same way: steps, moves, rows of numbers."""
    lines = rest.split("\n")
    begin = _BEGIN.match(lines[0])
    for index, line in enumerate(lines):
        same = _BEGIN.match(line)
        if index and (begin is None or same is None or same[0] != begin[0]):
            return
        yield line


def _is_balanced(text: str) -> bool:
    return sum(map(text.count, "([{")) <= sum(map(text.count, ")]}"))


def _answers(content: str) -> bool:
    """True if a mark holds more than the name of its form."""
    if not content.strip(" \t\n<>"):
        return False
    return len(content) > _FORM_LENGTH or _FORM.fullmatch(content) is None


def _is_in_string(text: str, start: int, content: str) -> bool:
    """True if a mark stands in a string that a program puts together or prints."""
    before = text[max(0, start - 200) : start].rpartition("\n")[2]
    quote = before[-1:]
    if quote not in ("'", '"'):
        return False
    return quote in content or before[-2:-1] in ("f", "F") or _IN_CALL.search(before) is not None


def _bare(content: str) -> str:
    """Take off the mark-up around an answer: a fence, bold type, inline code."""
    content = content.strip()
    fenced = _FENCED.fullmatch(content)
    content = fenced[2].strip("\n") if fenced else content
    if content.strip("$ ").startswith("\\boxed") and (box := last_box(content)):
        content = box.strip()
    for mark in ("**", "`"):
        if len(content) > 2 * len(mark) and content.startswith(mark) and content.endswith(mark):
            content = content[len(mark) : -len(mark)].strip()
    return content
