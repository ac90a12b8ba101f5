"""Normalise the text of a code block: remove indentation of lists, prompts, notebook commands and answer marks."""

import html
import re
from collections.abc import Callable, Iterator
from itertools import chain, takewhile

from codesteer.replies.code_lines import CODE_LINE
from codesteer.replies.marks_in_code import repair_marks
from codesteer.replies.syntax import MAX_CHARACTERS, Parser

_QUOTE_MARK = re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*+(?:>>>|\.\.\.|In \[\d{0,5}\]:)(?: |$)", re.MULTILINE)
_PROSE = re.compile(
    r"^(?:[-*_]{3,}[ \t]*+$|\*\*?[A-Za-z]|(?:[-*•]|\d{1,2}\.) ?[A-Z`*]"
    r"|[A-Z][\w'’-]*+(?:[,:]? [\w(`*\"']|:[ \t]*+$)|[A-Z][\w ]{0,40}:[ \t]*+$|`[^`\n]{1,80}`[ ,.:]"
    r"|(?:the|this|that|these|it|so|which|when|here|output|note|result|answer)\b[:,]? [\w`*(])",
    re.MULTILINE,
)
"""The beginning of a line of prose, as programs have none outside their strings."""
_ASSIGNMENT = re.compile(r"^[ \t]*+[A-Za-z_][\w.]*+(?:\[[^\n\]]{0,100}\])?[ \t]?[-+*/%]?=(?!=)", re.MULTILINE)
_COMMAND = re.compile(r"^[ \t]*+[!%][^\n]*+\n?", re.MULTILINE)
_STRAY_SPACE = re.compile(r"^ (?=\S)", re.MULTILINE)
"""A single space that small models write before a statement, as if it continued a sentence."""
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("\u2028\u2029\u0085", "\n"),
        **dict.fromkeys("\u00a0\u3000", " "),
        "\ufeff": None,
        "\u200b": None,
    }
)


def normalize_code(text: str, before: str, parser: Parser, *, is_python: bool) -> str:
    """Return the first variant of a block's text that parses; dedented only, if none does.

    A variant must have content, and a marked answer is not a program.

    Args:
        text: the block's text.
        before: the text before its fence, which the lines may repeat as indentation or quoting.
        parser: the parser for this reply.
        is_python: whether the block's tag says that it is Python.
    """
    if len(text) > MAX_CHARACTERS:
        return text
    text = _QUOTE_MARK.sub("", text) if ">" in before and not before.strip(" \t>") else text
    first = _dedent(text)
    if parser.tree(first) is not None or parser.is_skipped(first) or is_marked_answer(first):
        return first
    variants = (_dedent_list_item(text, before), _dedent_after_first_line(text))
    for code in chain(variants, _repairs(first, parser, is_python=is_python)):
        if code.strip() and parser.tree(code) is not None:
            return code
    return first


def is_marked_answer(text: str) -> bool:
    """Return whether a text is a marked answer and nothing else."""
    text = text.strip()
    return text.startswith("<<<") and text.endswith(">>>") and len(text) > 6


def is_commands_only(text: str) -> bool:
    """Return whether a block contains notebook commands and nothing else."""
    return text.lstrip()[:1] in ("", "!", "%") and not _without_commands(text).strip()


def _dedent(text: str) -> str:
    """Remove common indentation; leave blank lines alone, which may be part of a string."""
    margins = [line[: len(line) - len(line.lstrip(" \t"))] for line in text.split("\n") if line.strip()]
    if not margins:
        return text
    # The common prefix of the smallest and the largest is common to all.
    pairs = zip(min(margins), max(margins), strict=False)
    margin = "".join(character for character, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return re.sub(f"^{margin}", "", text, flags=re.MULTILINE) if margin else text


def _dedent_list_item(text: str, before: str) -> str:
    """Remove a list item's indentation; lines of a string may have less."""
    width = len(before.expandtabs(4)) if not before.strip(" \t*-+.)0123456789") else 0
    return re.sub(rf"^ {{1,{min(width, 40)}}}", "", text, flags=re.MULTILINE) if width else text


def _dedent_after_first_line(text: str) -> str:
    """Dedent the lines after the first, which follows the opening tag directly."""
    line, _, others = text.partition("\n")
    return f"{line}\n{_dedent(others)}"


def _repairs(original: str, parser: Parser, *, is_python: bool) -> Iterator[str]:
    """Yield the text after each repair that changes it; then with its marks repaired, without and with the others."""
    text = original
    steps: tuple[Callable[[str], str], ...] = (
        lambda code: code.translate(_LOOKALIKES),
        _without_commands,
        _without_prompts,
        html.unescape,
        _without_prose,
        lambda code: _STRAY_SPACE.sub("", code),
    )
    for step in steps:
        repaired = step(text)
        if repaired != text:
            text = repaired
            yield text
    for code in dict.fromkeys((original, text)):
        yield repair_marks(code, parser, is_python=is_python)


def _without_commands(text: str) -> str:
    return _COMMAND.sub("", text)


def _without_prose(text: str) -> str:
    """Remove the prose after a program whose fence was never closed: from a line of prose on, no line is code."""
    if _PROSE.search(text) is None:
        return text
    lines = (line.end() for pattern in (CODE_LINE, _ASSIGNMENT) for line in pattern.finditer(text))
    prose = _PROSE.search(text, max(lines, default=0))
    return text[: prose.start()].rstrip() if prose and text[: prose.start()].strip() else text


def _without_prompts(text: str) -> str:
    """Keep only what was typed at prompts; other lines are output. After an opening mark, ``>>>`` closes it."""
    first = _PROMPT.search(text)
    if first is None or "<<<" in text[: first.start()]:
        return text
    lines = [(line, _PROMPT.match(line)) for line in text.split("\n")]
    return "\n".join(line[prompt.end() :] for line, prompt in lines if prompt is not None)
