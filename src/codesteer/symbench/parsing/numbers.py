"""Parse whole numbers, exact fractions, and lists of them."""

import re
from fractions import Fraction

from codesteer.replies.numerals import strip_thousands_separators
from codesteer.symbench.parsing.cleaning import unlatex, unlatex_list
from codesteer.symbench.parsing.extraction import UnreadableError

_MAX_DIGITS = 1000
_MAX_EXPONENT = 300
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(r"-?\d{1,50}", re.ASCII)
_VALUE = re.compile(rf"{_NUMBER}(?:/{_NUMBER})?", re.ASCII)
_THOUSANDS = re.compile(r"(?<=\d)[,_](?=\d{3}(?!\d))", re.ASCII)
_SPACED_SIGN = re.compile(r"(?<![\w)\]])([-+]) +(?=[\d.])", re.ASCII)
_SPACED_SLASH = re.compile(r" ?/ ?")
_SEPARATORS = re.compile(r"[\s,;|\[\](){}<>\"']+")
_LABEL = re.compile(r"[^\d:=]*[:=]")
_DIGIT = re.compile(r"\d", re.ASCII)


def parse_integer(text: str) -> int:
    """Return the only number in the text, which must be whole.

    Raises:
        UnreadableError: There is no number, several, or a fraction.
    """
    return _whole(parse_rational(text))


def parse_rational(text: str) -> Fraction:
    """Return the only number in the text, exactly; in an equation, use the last side.

    Raises:
        UnreadableError: There is no number, or several.
    """
    side = re.split(r"[=≈]", unlatex(text))[-1]
    side = _SPACED_SLASH.sub("/", side.replace("(", "").replace(")", ""))
    side = strip_thousands_separators(_SPACED_SIGN.sub(r"\1", _THOUSANDS.sub("", side)).strip())
    words = [word for word in re.split(r"[\s\[\]\"'*%]+", side) if _DIGIT.search(word)]
    if len(words) != 1:
        raise UnreadableError(f"expected one number, found {len(words)}")
    return _value(words[0].rstrip(".,;:!°").lstrip("$€£#"))


def parse_integers(text: str) -> tuple[int, ...]:
    """Return all whole numbers of a list, with any separators and brackets.

    Raises:
        UnreadableError: Something is neither a whole number nor a separator.
    """
    return tuple(int(token) if _PLAIN.fullmatch(token) else _whole(_value(token)) for token in _tokens(text))


def parse_rationals(text: str) -> tuple[Fraction, ...]:
    """Return all numbers of a list, exactly, with any separators and brackets.

    Raises:
        UnreadableError: Something is neither a number nor a separator, or there is no number.
    """
    return tuple(
        Fraction(int(token)) if _PLAIN.fullmatch(token) else _value(token) for token in _tokens(text)
    )


def parse_pairs(text: str) -> tuple[tuple[int, int], ...]:
    """Return a list of positions, each a row and a column.

    Raises:
        UnreadableError: The text is not a list of an even number of whole numbers.
    """
    values = parse_integers(text)
    if len(values) % 2:
        raise UnreadableError(f"positions are pairs, but there are {len(values)} numbers")
    return tuple(zip(values[::2], values[1::2], strict=True))


def _tokens(text: str) -> list[str]:
    text = unlatex_list(text).strip("*")
    label = _LABEL.match(text)
    text = _SPACED_SLASH.sub("/", text[label.end() :] if label else text)
    tokens = [token for token in _SEPARATORS.split(text) if token]
    if not tokens:
        raise UnreadableError("expected numbers, found none")
    return tokens


def _value(token: str) -> Fraction:
    if not _VALUE.fullmatch(token):
        raise UnreadableError(f"{token[:30]!r} is not a number")
    if len(token) > _MAX_DIGITS:
        raise UnreadableError(f"a number has at most {_MAX_DIGITS} digits")
    above, _, below = token.partition("/")
    divisor = _decimal(below) if below else Fraction(1)
    if not divisor:
        raise UnreadableError(f"{token[:30]!r} divides by zero")
    return _decimal(above) / divisor


def _decimal(token: str) -> Fraction:
    _, _, exponent = token.lower().partition("e")
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > _MAX_EXPONENT):
        raise UnreadableError(f"{token[:30]!r} has too large an exponent")
    return Fraction(token)


def _whole(value: Fraction) -> int:
    if value.denominator != 1:
        raise UnreadableError(f"{str(value)[:30]} is not a whole number")
    return value.numerator
