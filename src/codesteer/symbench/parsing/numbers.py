"""Parse whole numbers, exact fractions, and lists of them."""

import re
from fractions import Fraction

from codesteer.replies.numerals import strip_thousands_separators
from codesteer.symbench.parsing.cleaning import unlatex_list
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.labels import pairs_in_label_order
from codesteer.symbench.parsing.lists import plain_items, plain_list
from codesteer.symbench.parsing.number_words import require_plain, scale_of, with_signs
from codesteer.symbench.parsing.roundings import without_approximations
from codesteer.symbench.parsing.units import strip_units

_MAX_DIGITS = 1000
_MAX_EXPONENT = 300
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(r"-?\d{1,50}", re.ASCII)
_VALUE = re.compile(rf"{_NUMBER}(?:/{_NUMBER})?", re.ASCII)
_THOUSANDS = re.compile(r"(?<=\d)[,_](?=\d{3}(?!\d))", re.ASCII)
_SPACED_SLASH = re.compile(r" ?/ ?")
_SEPARATORS = re.compile(r"[\s,;|\[\](){}<>\"']+")
_LABEL = re.compile(r"[^\d:=]*[:=]")
_DIGIT = re.compile(r"\d", re.ASCII)
_BRACKETED = re.compile(
    r"(?<![\d)])\(\s?([-+]?[\d.]{1,1000})\s?\)(?=\s?/)|(?<=/)\s?\(\s?([-+]?[\d.]{1,1000})\s?\)", re.ASCII
)
_PRODUCT = re.compile(r"[\d)]\s?\(\s?[-+]?[.\d]|\)\s?\d", re.ASCII)
_DECIMAL = re.compile(r"[-+]?\d*\.\d+(?:[eE][-+]?\d{1,3})?", re.ASCII)
_MIXED = re.compile(r"([-+]?)(\d{1,300})", re.ASCII), re.compile(r"(\d{1,300})/(\d{1,300})", re.ASCII)


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
    return Fraction(parse_numeral(text))


def parse_numeral(text: str) -> str:
    """Return the only number: as written if it is a decimal that may be rounded, else in lowest terms.

    Raises:
        UnreadableError: There is no number, or several.
    """
    text = without_approximations(_THOUSANDS.sub("", with_signs(unlatex_list(text))))
    require_plain(text)
    side = _BRACKETED.sub(r"\1\2", re.split(r"[=≈]|\\approx", text)[-1])
    if _PRODUCT.search(side):
        raise UnreadableError("expected one number, found a product")
    side, scale = scale_of(_SPACED_SLASH.sub("/", side.replace("(", " ").replace(")", " ")))
    side = strip_thousands_separators(with_signs(strip_units(side)).strip())
    words = [word for word in re.split(r"[\s\[\]{}\"'*%]+", side) if _DIGIT.search(word)]
    numbers = [word.rstrip(".,;:!°").lstrip("$€£#") for word in words]
    if len(numbers) == 2 and (mixed := _mixed(*numbers)) is not None:
        return str(mixed * scale)
    if len(numbers) != 1:
        raise UnreadableError(f"expected one number, found {len(numbers)}")
    return _numeral(numbers[0]) if scale == 1 else str(_value(numbers[0]) * scale)


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


def parse_numerals(text: str) -> tuple[str, ...]:
    """Return all numbers of a list, each as ``parse_numeral`` does.

    Raises:
        UnreadableError: Something is neither a number nor a separator, or there is no number.
    """
    return tuple(token if _PLAIN.fullmatch(token) else _numeral(token) for token in _tokens(text))


def parse_pairs(text: str) -> tuple[tuple[int, int], ...]:
    """Return a list of positions, each a row and a column, in this order or labelled.

    Raises:
        UnreadableError: The text is not a list of an even number of whole numbers.
    """
    values = parse_coordinates(text)
    if len(values) % 2:
        raise UnreadableError(f"positions are pairs, but there are {len(values)} numbers")
    return tuple(zip(values[::2], values[1::2], strict=True))


def parse_coordinates(text: str) -> tuple[int, ...]:
    """Return the rows and columns of positions in turn, also if they are labelled, bulleted or numbered.

    Raises:
        UnreadableError: Something is neither a whole number nor a separator.
    """
    return parse_integers(plain_list(pairs_in_label_order(unlatex_list(text), "rows?|r", "columns?|cols?|c")))


def _mixed(whole: str, part: str) -> Fraction | None:
    """Return the value of a mixed number such as ``2 1/3``; None if the second part is no proper fraction."""
    first, second = _MIXED[0].fullmatch(whole), _MIXED[1].fullmatch(part)
    if first is None or second is None or not 0 < int(second[1]) < int(second[2]):
        return None
    value = int(first[2]) + Fraction(int(second[1]), int(second[2]))
    return -value if first[1] == "-" else value


def _tokens(text: str) -> list[str]:
    text = plain_items(unlatex_list(text).strip("*"))
    label = _LABEL.match(text)
    text = _SPACED_SLASH.sub("/", text[label.end() :] if label else text)
    tokens = [token for token in _SEPARATORS.split(text) if token]
    if not tokens:
        raise UnreadableError("expected numbers, found none")
    return tokens


def _numeral(token: str) -> str:
    value = _value(token)
    rounded = _DECIMAL.fullmatch(token) and (value.denominator > 1 or "e" in token.lower())
    return token if rounded else str(value)


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
