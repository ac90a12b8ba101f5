"""Strip formatting that is not part of an answer's content."""

import re

from codesteer.replies.latex import strip_latex_commands
from codesteer.replies.numerals import normalize_numerals
from codesteer.replies.reprs import plain_values
from codesteer.symbench.parsing.extraction import check_length

_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("×∗⋅·∙✕✖", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚`´", "'"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\0", None),
        **{chr(code + 0xFEE0): chr(code) for code in range(ord("!"), ord("~") + 1)},
    }
)
_FENCE = re.compile(r"^[ \t]*(?:'''|~~~)\w*[ \t]*$", re.MULTILINE)
_FRACTION = re.compile(r"\\[dt]?frac\s?\{([^{}]*)\}\s?\{([^{}]*)\}")
_SHORT_FRACTION = re.compile(r"\\[dt]?frac\s?(\d)\s?(\d)")
_IGNORED = re.compile(r"\\(?:left|right|displaystyle|quad|qquad)(?![a-z])|\\[,;:! ()\[\]]|\$|\\$")
_THIN_SPACE = re.compile(r"(?<=\d)\\[,!](?=\d{3})", re.ASCII)
_SIMPLE = re.compile(r"\(\(([-+]?[\d.]+)\)/\(([-+]?[\d.]+)\)\)", re.ASCII)
_MIXED = re.compile(r"(\d)(?=\(\([\d.]+\)/\([\d.]+\)\))", re.ASCII)
_QUOTED = re.compile(r"('{1,3})([^']*)\1|(\"{1,3})([^\"]*)\3|(['\"])([\[{(].*[\])}])\5", re.DOTALL)
"""One text or bracketed list in quotes; a list of quoted texts, which also begins and ends with a quote, is none."""
_NESTING = 4


def clean(text: str) -> str:
    """Replace look-alike signs, quotes and spaces; remove code fences, Python's types and outer quotes.

    Raises:
        UnreadableError: The text is too long for an answer.
    """
    text = _FENCE.sub("", normalize_numerals(check_length(text)).translate(_LOOKALIKES)).strip()
    text = plain_values(text.removesuffix(".").rstrip() if not text.endswith("..") else text)
    for _ in range(_NESTING):
        quoted = _QUOTED.fullmatch(text)
        if quoted is None:
            break
        text = (quoted[2] or quoted[4] or quoted[6] or "").strip()
    return text


def unlatex(text: str) -> str:
    """Clean the text and convert LaTeX markup to plain notation.

    Raises:
        UnreadableError: The text is too long for an answer.
    """
    text = clean(text)
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
            text = _FRACTION.sub(r"((\1)/(\2))", strip_latex_commands(text))
    return clean(text)


def unlatex_list(text: str) -> str:
    """Convert as ``unlatex`` does, but write fractions as ``a/b`` to keep parentheses for lists.

    Raises:
        UnreadableError: The text is too long for an answer.
    """
    return _SIMPLE.sub(r"\1/\2", _MIXED.sub(r"\1 ", unlatex(text)))
