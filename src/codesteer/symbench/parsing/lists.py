"""Remove what models put around a list: a label, bullets, numbering, bold type, arrows between the items."""

import re
from collections.abc import Sequence

_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_ARROW = re.compile(r"\s?(?:[-=]{1,2}>|[→⇒➔➜⟶]|\\(?:long)?[rR]ightarrow(?![a-z])|\\to(?![a-z]))\s?")
_AND = re.compile(r"(?<=[\w\"')\]])(?:\s?,)?\s{1,9}(?:and|then)\s{1,9}(?=[\w\"'(\[.+-])", re.IGNORECASE)
_LABEL = re.compile(
    r"(?P<bold>\*\*)?[A-Za-z][A-Za-z ]{0,40}(?(bold)(?:\*\*)?)[:=](?(bold)(?:\*\*)?)(?!\s?[:=])"
)
_WRAPPED = re.compile(r"\{\s?[\"'][A-Za-z_ ]{1,40}[\"']\s?:\s?(\[.*\])\s?\}", re.DOTALL)
_BULLET = re.compile(r"[-*•–+][ \t]+(?=\S)")
_NUMBER = re.compile(r"\(?(\d{1,4})(?:[.)]{1,2}|:(?=\s?[^\s\d.+-]))[ \t]*(?=[ \t(\[{])")
_ROW_NUMBER = re.compile(r"(?:row|line)[ \t]?\#?(\d{1,4})[ \t]?[:.)=–-]{1,2}[ \t]*(?=\S)", re.IGNORECASE)
_POINT_NUMBER = re.compile(
    r"(?:queen|waypoint|point|position|p)[ \t]?\#?(\d{1,4})[ \t]?[:.)=–-]{1,2}[ \t]*(?=[(\[{\d])",
    re.IGNORECASE,
)


def plain_list(text: str) -> str:
    """Return a list without a leading label, markup and arrows; its lines without bullets and numbers."""
    text = _BOLD.sub(r"\1", text).strip()
    wrapped = _WRAPPED.fullmatch(text)
    text = _ARROW.sub(", ", wrapped[1] if wrapped else without_label(text))
    return plain_lines(text, (_NUMBER, _POINT_NUMBER))


def plain_items(text: str) -> str:
    """Return a list with commas in place of arrows and "and"."""
    return _AND.sub(", ", _ARROW.sub(", ", text))


def plain_rows(text: str, symbols: str = "") -> str:
    """Return the lines of a grid without a label before them, and without bullets and numbers of their own.

    Args:
        text: the lines.
        symbols: signs that are cells, and so no markup.
    """
    text = text if "*" in symbols else _BOLD.sub(r"\1", text)
    return plain_lines(without_label(text.strip()), (_ROW_NUMBER, _NUMBER), symbols)


def without_label(text: str) -> str:
    """Return a text without a label at its beginning."""
    return _LABEL.sub("", text, count=1) if _LABEL.match(text) else text


def plain_lines(text: str, numbers: Sequence[re.Pattern[str]] = (_NUMBER,), symbols: str = "") -> str:
    """Return the lines of a text without the bullets or numbers that every one of them has."""
    lines = [line for one in text.split("\n") if (line := one.strip())]
    lines = _without_bullets(lines, symbols)
    for number in numbers:
        lines = _without_numbers(lines, number)
    return "\n".join(lines)


def _without_bullets(lines: list[str], symbols: str) -> list[str]:
    """Remove the bullets if every line has one."""
    marks = [mark for line in lines if (mark := _BULLET.match(line)) and mark[0][0] not in symbols]
    return _without(lines, marks) if len(marks) == len(lines) else lines


def _without_numbers(lines: list[str], number: re.Pattern[str]) -> list[str]:
    """Remove the numbers of the lines if every line has one and they count from 0 or 1."""
    marks = [mark for line in lines if (mark := number.match(line))]
    numbers = [int(mark[1]) for mark in marks]
    counted = any(numbers == list(range(first, first + len(lines))) for first in (0, 1))
    return _without(lines, marks) if counted else lines


def _without(lines: list[str], marks: list[re.Match[str]]) -> list[str]:
    return [line[mark.end() :].strip() for line, mark in zip(lines, marks, strict=True)]
