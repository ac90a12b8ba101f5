"""Give a block's lines the shape of a program: without a list's indentation, prompts, notebook commands."""

import html
import re
from collections.abc import Callable, Iterator
from itertools import takewhile

from codesteer.replies.syntax import MAX_CHARACTERS, Parser

_QUOTE_MARK = re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*+(?:>>>|\.\.\.|In \[\d{0,5}\]:)(?: |$)", re.MULTILINE)
_PROSE = re.compile(r"(?:[-*#] ?|\d{1,2}\. )?[A-Z*`][^=(){}\[\]]*+(?<=[.:!?*`])")
_COMMAND = re.compile(r"^[ \t]*+[!%][^\n]*+\n?", re.MULTILINE)
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("\u2028\u2029\u0085", "\n"),
        **dict.fromkeys("\u00a0\u3000", " "),
        "\ufeff": None,
        "\u200b": None,
    }
)


def normalize_code(text: str, before: str, parser: Parser) -> str:
    """Return a block's text in the first shape that parses; as it is written where none does.

    Args:
        text: the block's lines.
        before: what stands before its fence, which the lines may repeat as indentation or quoting.
        parser: the reply's.
    """
    if len(text) > MAX_CHARACTERS:
        return text
    text = _QUOTE_MARK.sub("", text) if ">" in before and not before.strip(" \t>") else text
    first = _dedented(text)
    if parser.tree(first) is not None or parser.unread(first):
        return first
    for candidate in (_outside_list(text, before), _behind_first_line(text), *_repaired(first)):
        if parser.tree(candidate) is not None:
            return candidate
    return first


def _dedented(text: str) -> str:
    """Take off what all lines begin with; blank lines, which may stand in a string, stay as they are."""
    margins = [line[: len(line) - len(line.lstrip(" \t"))] for line in text.split("\n") if line.strip()]
    if not margins:
        return text
    # What the least and the greatest have in common, all others have in common too.
    pairs = zip(min(margins), max(margins), strict=False)
    margin = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return re.sub(f"^{margin}", "", text, flags=re.MULTILINE) if margin else text


def _outside_list(text: str, before: str) -> str:
    """Take a list item's indentation off; lines of a string may have less of it."""
    width = len(before.expandtabs(4)) if not before.strip(" \t*-+.)0123456789") else 0
    return re.sub(rf"^ {{1,{min(width, 40)}}}", "", text, flags=re.MULTILINE) if width else text


def _behind_first_line(text: str) -> str:
    """Dedent the lines behind the first one, which stood right behind the opening."""
    line, _, others = text.partition("\n")
    return f"{line}\n{_dedented(others)}"


def _repaired(text: str) -> Iterator[str]:
    repairs: tuple[Callable[[str], str], ...] = (
        lambda given: given.translate(_LOOKALIKES),
        _without_commands,
        _without_prompts,
        html.unescape,
        _without_prose,
    )
    for repair in repairs:
        repaired = repair(text)
        if repaired != text:
            text = repaired
            yield text


def _without_commands(text: str) -> str:
    return _COMMAND.sub("", text)


def _without_prose(text: str) -> str:
    """Take off the paragraphs behind a program whose fence was never closed."""
    kept = text.rstrip()
    while (paragraph := kept.rpartition("\n\n")[2]) != kept and _PROSE.fullmatch(paragraph):
        kept = kept[: -len(paragraph)].rstrip()
    return kept if kept != text.rstrip() else text


def _without_prompts(text: str) -> str:
    """Take what was typed at a prompt; what stands on other lines is output."""
    if not _PROMPT.search(text):
        return text
    lines = [(line, _PROMPT.match(line)) for line in text.split("\n")]
    return "\n".join(line[prompt.end() :] for line, prompt in lines if prompt is not None)
