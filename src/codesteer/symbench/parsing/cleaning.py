"""Take off what belongs to the form of an answer and not to its content."""

import re

from codesteer.replies.latex import unwrapped
from codesteer.replies.numerals import with_plain_numerals
from codesteer.symbench.parsing.spans import limited

_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("×∗⋅·∙✕✖", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚`´", "'"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\0", None),
        **dict(zip("（）［］＝；", "()[]=;", strict=True)),
    }
)
_FENCE = re.compile(r"^[ \t]*(?:'''|~~~)\w*[ \t]*$", re.MULTILINE)
_FRACTION = re.compile(r"\\[dt]?frac\s?\{([^{}]*)\}\s?\{([^{}]*)\}")
_SHORT_FRACTION = re.compile(r"\\[dt]?frac\s?(\d)\s?(\d)")
_IGNORED = re.compile(r"\\(?:left|right|displaystyle|quad|qquad)(?![a-z])|\\[,;:! ()\[\]]|\$|\\$")
_THIN_SPACE = re.compile(r"(?<=\d)\\[,!](?=\d{3})", re.ASCII)
_SIMPLE = re.compile(r"\(\(([-+]?[\d.]+)\)/\(([-+]?[\d.]+)\)\)", re.ASCII)
_NESTING = 4


def plain(text: str) -> str:
    """The text with plain signs, quotes and spaces, without code fences and outer quotes.

    Raises:
        UnreadableError: The text is longer than any answer.
    """
    text = _FENCE.sub("", with_plain_numerals(limited(text)).translate(_LOOKALIKES)).strip()
    text = text.removesuffix(".").rstrip() if not text.endswith("..") else text
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text


def unlatex(text: str) -> str:
    """The plain text with LaTeX mark-up turned into what it shows.

    Raises:
        UnreadableError: The text is longer than any answer.
    """
    text = plain(text)
    if "\\" in text or "$" in text or "{," in text:
        text = (
            _THIN_SPACE.sub("", text)
            .replace("{,}", ",")
            .replace("\\times", "*")
            .replace("\\cdot", "*")
            .replace("\\div", "/")
        )
        text = _IGNORED.sub(" ", _SHORT_FRACTION.sub(r"((\1)/(\2))", text))
        for _ in range(_NESTING):
            text = _FRACTION.sub(r"((\1)/(\2))", unwrapped(text))
    return plain(text)


def unlatex_list(text: str) -> str:
    """As ``unlatex``, with fractions written ``a/b``, so that parentheses are left to lists.

    Raises:
        UnreadableError: The text is longer than any answer.
    """
    return _SIMPLE.sub(r"\1/\2", unlatex(text))
