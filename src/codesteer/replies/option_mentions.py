"""Find the option letters that a sentence names as its answer, without those that it denies or only lists."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from string import ascii_uppercase

from codesteer.replies.option_texts import DENIAL, opening_letters

_LEADING = re.compile(
    r"[\s\[{<\"']{0,9}(?:\((?P<round>[A-Za-z])\)|(?P<letter>[A-Za-z])"
    r"(?:\s?(?P<close>[).:\]])(?=\s)|\s[-–—=](?=\s)|,(?=\s(?:[a-z]{2}|I\s[a-z]))"
    r"|(?<=[A-HJ-Z])(?=[ \t]?\(|[ \t]{0,3}\n|\s(?:because|since)\b)))"
)
_BEFORE_TEXT = re.compile(
    r"[\s\[{<\"']{0,9}(?:\((?P<round>[A-Z])\)\s?|(?P<letter>[A-Z])(?:\s?(?:(?P<close>[).:\]])|[=–—-])\s?|\s))"
)
"""A letter before the text of its option, which needs no more signs."""
_GOES_ON = r"[ \t](?!(?:because|since|as|for|which|with|or|and|but|is|was|[-–—=(])(?![\w'’]))\w"
_NAMED = re.compile(
    r"(?<![\w(])\(([A-Za-z])\)|(?<![\w([])\[?([A-Z])[)\]](?![\w'’])"
    r"|\b(?:(?i:option|choice|letter|alternative)(?:[ \t]{1,2}|[ \t]?[:=][ \t]?)([A-Za-z])"
    r"|(?i:answer|is|it['’]s)[ \t]?[:=]?[ \t]?([A-Z])"
    r"|(?i:so|be|choose|chose|pick|select|go with|therefore|thus|hence|think|believe|guess|say),?[ \t]([A-Z])"
    r"(?![ \t]\w)"
    r"|([A-Z])(?=[ \t](?:is|must be)[ \t](?:the[ \t])?(?:only[ \t]|most likely[ \t])?(?:correct|right|true|best|answer"
    r"|one that)(?![\w'’])))(?![\w'’])"
)
"""A letter in brackets, after a word that introduces it, or called right."""
_CORRECTED = re.compile(
    r"\b(?i:actually|wait|rather|sorry|correction)[,:]?[ \t](?i:it['’]s[ \t]|it is[ \t])?([A-Z])(?![ \t]\w)(?![\w'’])"
)
"""A letter after a word that takes back another one."""
_IS_WORD = re.compile(_GOES_ON)
"""After a letter that is an English word: it is that word."""
_JOINED = re.compile(
    r"(?<![\w'’])([A-Z])[)\]]?\s?(?:,|/|&|or\b|and\b)\s?(?:(?i:option|choice|letter)\s)?[(\[]?([A-Z])(?![\w'’])"
)
_ALSO = re.compile(r"[)\]]?\s?(?:/|&|or\b|and\b)\s?[(\[]?([a-z])(?![\w'’])")
"""After a letter in lower case: another one."""
_DENIED_BEFORE = re.compile(
    rf"(?<![\w'’])(?:{DENIAL}|(?:if|whether|unless|suppose|assum\w{{1,4}})\b)", re.IGNORECASE
)
_DENIED_AFTER = re.compile(
    r"[)\]}\"']{0,3}(?:\s?[:=–—-]|[.,](?=\s{0,3}[A-Za-z]{1,12}\W{0,3}\Z))?\s{0,3}\(?"
    r"(?:(?:it|this|that|is|was|are|would|could|can|does|do|must|be|also|clearly|definitely|obviously|certainly|simply"
    r"|just|therefore|the|an?|option|choice|answer|closest|nearest|close|best|but|still|probably)\s{1,3}){0,6}"
    rf"(?:{DENIAL}|(?:fail(?:s|ed)?|violates?|contradicts?|breaks)\b(?! (?:no|none|nothing)\b))",
    re.IGNORECASE,
)
_EXPLAINED = re.compile(rf"\s{{0,3}}\n\s{{0,3}}{DENIAL}\s\w", re.IGNORECASE)
"""On the lines after a letter: what is denied is something else, as in "No other option fits"."""
_NONE = re.compile(r"\W{0,3}(?:none|neither|no (?:option|choice|answer))\s?[,.;:–—-]", re.IGNORECASE)
_SECOND = re.compile(
    r"[ \t]{0,3}(?:[,/&;][ \t]{0,3})?"
    r"(?:(?i:or|and|maybe|perhaps|possibly|probably|alternatively|even|also)\b,?[ \t]{0,3}){0,3}"
    r"[(\[]?([A-Z])[)\]]?(?=\s{0,3}(?:\Z|[,;.?\n/&]|(?:or|and)\b))"
    r"|\s{0,3}\n\s{0,3}[(\[]?([A-Z])[)\].,;]{0,2}[ \t]{0,3}(?:\n|\Z)"
)
"""Right after a letter, or on the next line alone: another one."""
_CLAUSE = re.compile(r"[.,;:!?\n]|\b(?:but|so|because|since|therefore|thus|hence)\b", re.IGNORECASE)
_CLAUSE_LENGTH = 200
_TEXT_LENGTH, _MAX_TEXTS = 500, 5
"""Maximum characters beside a letter that are compared with the options, and letters that are looked at."""
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
    if leading := _leading(answer, options):
        first = _letter(leading)
        rest = _without_text(answer[leading.end() :], first, options)
        is_text = len(rest) < len(answer[leading.end() :])
        if _is_listing(leading, first, rest):
            return None
        behind = rest if is_text else answer[max(leading.end("round"), leading.end("letter")) :]
        if _DENIED_AFTER.match(behind) and not _EXPLAINED.match(behind):
            first = ""
    elif _NONE.match(answer):
        return None
    named = {first} - {""} | set(_named(rest))
    rivals = {letter for pair in _joined(rest if first else answer) if pair & named for letter in pair}
    if first and (second := _SECOND.match(rest)):
        rivals |= {second[1] or second[2]} & set(letters)
    if len(named | rivals) != 1 or not named <= set(letters):
        return None
    (letter,) = named
    return None if _has_text_of_another(answer, letter, options) else letter


def _leading(answer: str, options: Sequence[str]) -> re.Match[str] | None:
    """Return the letter that an answer begins with, if it is no word."""
    before = _BEFORE_TEXT.match(answer)
    if before and _letter(before) in opening_letters(answer[before.end() :], options):
        return before
    return _LEADING.match(answer)


def _letter(leading: re.Match[str]) -> str:
    return str(leading["round"] or leading["letter"]).upper()


def _has_text_of_another(answer: str, letter: str, options: Sequence[str]) -> bool:
    """Return whether the text of another option stands right behind a letter, or is all that stands before it."""
    small = rf"(?<=\A){letter.lower()}" if letter in "AI" else letter.lower()
    mention = re.compile(rf"(?<![\w'’])(?:{letter}|{small})(?![\w'’])[)\]]?\s?[:.,=–—-]?")
    found = list(islice(mention.finditer(answer), _MAX_TEXTS))
    said = [opening_letters(answer[match.end() :][:_TEXT_LENGTH], options) for match in found]
    if found and not answer[found[-1].end() :].strip(" \t\n.)]") and found[-1].start() <= _TEXT_LENGTH:
        said.append(opening_letters(answer[: found[-1].start()].rstrip(" ([:,=–—-"), options))
    return any(letters and letter not in letters for letters in said)


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
    for correction in islice(_CORRECTED.finditer(text), _MAX_MENTIONS):
        if not _is_denied(text, correction.start(1), correction.end()):
            yield correction[1]
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
