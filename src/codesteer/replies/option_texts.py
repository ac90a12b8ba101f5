"""Find the options whose text an answer repeats."""

import re
from collections.abc import Iterator, Sequence
from string import ascii_uppercase

DENIAL = (
    r"(?:no|not|nor|neither|never|cannot|\w{1,9}n['’]t|wrong|incorrect|false|invalid|impossible|excluded|eliminated"
    r"|ruled out|except|excludes?|eliminates?|rules? out|rather than|instead of|unlike|unlikely|doubts?|doubtful)"
    r"(?![\w'’])"
)
"""The words that deny an option."""
_DENIAL = re.compile(rf"(?<![\w'’]){DENIAL}", re.IGNORECASE)
_IGNORED = " \t\n\"'.,;()[]{}"
_LABEL = re.compile(r"([A-Za-z ]{1,40}?[A-Za-z]{2})(?:\s?[:=]| is)\s", re.ASCII)
"""A word such as "date:"; a letter alone is that of an option."""
_ARTICLE = re.compile(r"(?:[Tt]he|[Aa]n|a)\s")
_LEADING_ZEROS = re.compile(r"(?<![\d.,:])0+(?=\d)", re.ASCII)
_EXPLANATION = re.compile(r"\s(?:because|since|as|which|where)\b|[,;(]|\.\s")


def letters_by_text(answer: str, options: Sequence[str]) -> list[str]:
    """Return the letters of the options whose text is the answer; a label, an article and leading zeros may differ."""
    letters = ascii_uppercase[: len(options)]
    for key in (_text, _loose_text):
        said = key(answer)
        found = [letter for letter, text in zip(letters, options, strict=True) if said == key(text) != ""]
        if found:
            return found
    label = _LABEL.match(answer)
    if label is None or _DENIAL.search(label[1]):
        return []
    said = _loose_text(answer[label.end() :])
    return [letter for letter, text in zip(letters, options, strict=True) if said == _loose_text(text) != ""]


def opening_letters(text: str, options: Sequence[str]) -> set[str]:
    """Return the letters of the options whose text is a text's first line, or its part before an explanation."""
    return {letter for part in _openings(text) for letter in letters_by_text(part, options)}


def _openings(text: str) -> Iterator[str]:
    line = text.lstrip(" \t").partition("\n")[0]
    yield line
    yield _EXPLANATION.split(line, maxsplit=1)[0]


def _text(text: str) -> str:
    return text.strip(_IGNORED).casefold()


def _loose_text(text: str) -> str:
    text = text.strip(_IGNORED)
    article = _ARTICLE.match(text)
    return _LEADING_ZEROS.sub("", " ".join(text[article.end() if article else 0 :].casefold().split()))
