"""Remove what models put around a list: a label, bullets, numbering, bold type, arrows between the items."""

import re

_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_ARROW = re.compile(r"\s?(?:[-=]{1,2}>|[→⇒➔➜⟶])\s?")
_LABEL = re.compile(r"[A-Za-z][A-Za-z ]{0,40}[:=](?!\s?[:=])")
_WRAPPED = re.compile(r"\{\s?[\"'][A-Za-z_ ]{1,40}[\"']\s?:\s?(\[.*\])\s?\}", re.DOTALL)
_BULLET = re.compile(r"[-*•–+][ \t]+(?=\S)")
_NUMBER = re.compile(r"\(?(\d{1,4})(?:[.)]{1,2}|:(?=\s?[^\s\d.+-]))[ \t]*(?=[ \t(\[{])")


def plain_list(text: str) -> str:
    """Return a list without a leading label, markup and arrows; its lines without bullets and numbers."""
    text = _BOLD.sub(r"\1", text).strip()
    wrapped = _WRAPPED.fullmatch(text)
    text = wrapped[1] if wrapped else _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    lines = [line.strip() for line in _ARROW.sub(", ", text).split("\n")]
    return "\n".join(_without_numbers(_without_bullets([line for line in lines if line])))


def _without_bullets(lines: list[str]) -> list[str]:
    """Remove the bullets if every line has one."""
    marks = [mark for line in lines if (mark := _BULLET.match(line))]
    return _without(lines, marks) if len(marks) == len(lines) else lines


def _without_numbers(lines: list[str]) -> list[str]:
    """Remove the numbers of the lines if every line has one and they count from 0 or 1."""
    marks = [mark for line in lines if (mark := _NUMBER.match(line))]
    numbers = [int(mark[1]) for mark in marks]
    counted = any(numbers == list(range(first, first + len(lines))) for first in (0, 1))
    return _without(lines, marks) if counted else lines


def _without(lines: list[str], marks: list[re.Match[str]]) -> list[str]:
    return [line[mark.end() :].strip() for line, mark in zip(lines, marks, strict=True)]
