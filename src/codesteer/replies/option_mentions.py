"""Find the option letters that a sentence names as its answer, without those that it denies or only lists."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from string import ascii_uppercase

_LEADING = re.compile(
    r"[\s\[{<\"']{0,9}(?:\((?P<round>[A-Za-z])\)|(?P<letter>[A-Za-z])"
    r"(?:\s?(?P<close>[).:\]])(?=\s)|\s[-–—=](?=\s)|,(?=\s[a-z]{2})))"
)
_GOES_ON = r"[ \t](?!(?:because|since|as|for|which|with|or|and|but|is|was|[-–—=(])(?![\w'’]))\w"
_NAMED = re.compile(
    r"(?<![\w(])\(([A-Za-z])\)|(?<![\w([])\[?([A-Z])[)\]](?![\w'’])"
    r"|\b(?:(?i:option|choice|letter|alternative)(?:[ \t]{1,2}|[ \t]?[:=][ \t]?)([A-Za-z])"
    r"|(?i:answer|is|it['’]s)[ \t]?[:=]?[ \t]?([A-Z])"
    r"|(?i:so|be|choose|chose|pick|select|go with|therefore|thus|hence),?[ \t]([A-Z])(?![ \t]\w))(?![\w'’])"
)
"""A letter in brackets, or after a word that introduces it."""
_IS_WORD = re.compile(_GOES_ON)
"""After a letter that is an English word: it is that word."""
_JOINED = re.compile(
    r"(?<![\w'’])([A-Z])[)\]]?\s?(?:,|/|&|or\b|and\b)\s?(?:(?i:option|choice|letter)\s)?[(\[]?([A-Z])(?![\w'’])"
)
_ALSO = re.compile(r"[)\]]?\s?(?:/|&|or\b|and\b)\s?[(\[]?([a-z])(?![\w'’])")
"""After a letter in lower case: another one."""
_DENIAL = (
    r"(?:no|not|nor|neither|never|cannot|\w{1,9}n['’]t|wrong|incorrect|false|invalid|impossible|excluded|eliminated"
    r"|ruled out|except|excludes?|eliminates?|rules? out|rather than|instead of|unlike)(?![\w'’])"
)
_DENIED_BEFORE = re.compile(rf"(?<![\w'’]){_DENIAL}", re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"[)\]}\"']{0,3}(?:\s?[:=–—-]|[.,](?=\s{0,3}[A-Za-z]{1,12}\W{0,3}\Z))?\s{0,3}"
    r"(?:(?:it|this|that|is|was|are|would|could|can|does|do|must|be|also|clearly|definitely|obviously|certainly|simply"
    rf"|just|therefore|the|an?|option|choice|answer)\s{{1,3}}){{0,6}}{_DENIAL}",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.,;:!?\n]|\b(?:but|so|because|since|therefore|thus|hence)\b", re.IGNORECASE)
_CLAUSE_LENGTH = 200
_MAX_MENTIONS = 50
"""Maximum letters of either kind that are examined."""


def mentioned_option(answer: str, options: Sequence[str]) -> str | None:
    """Return the only option letter that an answer names without denying it; None for no option or several.

    Args:
        answer: the answer, without markup.
        options: the texts of the options, starting with A.
    """
    letters = ascii_uppercase[: len(options)]
    rest, first = answer, ""
    if leading := _LEADING.match(answer):
        first = (leading["round"] or leading["letter"]).upper()
        rest = _without_text(answer[leading.end() :], first, options)
        is_text = len(rest) < len(answer[leading.end() :])
        if _is_listing(leading, first, rest):
            return None
        if _DENIED_AFTER.match(rest if is_text else answer[leading.end() - 1 :]):
            first = ""
    named = {first} - {""} | set(_named(rest))
    rivals = {letter for pair in _joined(rest if first else answer) if pair & named for letter in pair}
    return named.pop() if len(named | rivals) == 1 and named <= set(letters) else None


def _without_text(rest: str, letter: str, options: Sequence[str]) -> str:
    """Remove the option's own text, which may read like a denial, from what follows its letter."""
    position = ascii_uppercase.find(letter)
    text = options[position].strip(" \t\n\"'.,;") if position < len(options) else ""
    stripped = rest.lstrip(" \t\n\"'-–—:=,")
    is_same = bool(text) and stripped[: len(text)].casefold() == text.casefold()
    return stripped[len(text) :] if is_same and not stripped[len(text) :][:1].isalnum() else rest


def _is_listing(leading: re.Match[str], letter: str, rest: str) -> bool:
    """Return whether the next letter follows with the same mark, as in ``A. 3 B. 4``."""
    mark = leading["close"]
    return (
        mark is not None and re.search(rf"[\s;,]{chr(ord(letter) + 1)}{re.escape(mark)}\s", rest) is not None
    )


def _named(text: str) -> Iterator[str]:
    for match in islice(_NAMED.finditer(text), _MAX_MENTIONS):
        letter = next(filter(None, match.groups()))
        is_bracketed = match[0][-1] in ")]"
        if not is_bracketed and letter in "AaI" and _IS_WORD.match(text, match.end()):
            continue
        if _is_denied(text, match.start(), match.end()):
            continue
        yield letter.upper()
        if letter.islower() and (also := _ALSO.match(text, match.end())):
            yield also[1].upper()


def _joined(text: str) -> Iterator[set[str]]:
    """Yield the letters that stand in pairs, such as ``A or B``, without the denied ones."""
    for match in islice(_JOINED.finditer(text), _MAX_MENTIONS):
        yield {match[group] for group in (1, 2) if not _is_denied(text, match.start(group), match.end(group))}


def _is_denied(text: str, start: int, end: int) -> bool:
    """Return whether the clause up to a letter denies it, or what follows says that it is wrong."""
    before = text[max(0, start - _CLAUSE_LENGTH) : start]
    clause = _CLAUSE.split(before)[-1]
    return _DENIED_BEFORE.search(clause) is not None or _DENIED_AFTER.match(text, end) is not None
