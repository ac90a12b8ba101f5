"""Combine numbers with + - * / to reach a target."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

_MAX_EXHAUSTIVE = 4
_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Term:
    """A value (a fraction only if it is not whole) and the expression for it."""

    value: Fraction | int
    text: str


def combine(numbers: Sequence[int], target: int, rng: Random) -> str | None:
    """Return an expression over all numbers that equals the target; None if none was found.

    Up to four numbers are searched exhaustively. With more, random pairs are merged into small whole numbers until
    four are left, with several attempts, so None does not prove that there is no expression.
    """
    terms = [Term(number, str(number)) for number in numbers]
    if len(terms) <= _MAX_EXHAUSTIVE:
        return _search(terms, target)
    for _ in range(_ATTEMPTS):
        found = _search(_merged(terms, max(numbers), rng), target)
        if found:
            return found
    return None


def _search(terms: list[Term], target: int) -> str | None:
    if len(terms) == 1:
        return terms[0].text if terms[0].value == target else None
    if len(terms) == 2 and not _meets(terms[0].value, terms[1].value, target):
        return None
    for i, one in enumerate(terms):
        for j in range(i):
            rest = terms[:j] + terms[j + 1 : i] + terms[i + 1 :]
            for term in _results(one, terms[j]):
                found = _search([*rest, term], target)
                if found:
                    return found
    return None


def _meets(a: Fraction | int, b: Fraction | int, target: int) -> bool:
    """Whether any result of two values is the target; most pairs fail, so no terms are built for them."""
    return (
        target in (a + b, a * b, a - b, b - a) or (b != 0 and a == target * b) or (a != 0 and b == target * a)
    )


def _merged(terms: list[Term], highest: int, rng: Random) -> list[Term]:
    """Replace random pairs of terms by a small whole result until few enough are left."""
    terms = list(terms)
    while len(terms) > _MAX_EXHAUSTIVE:
        rng.shuffle(terms)
        one, other = terms.pop(), terms.pop()
        small = [
            term
            for term in _results(one, other)
            if term.value.denominator == 1 and 1 <= term.value <= highest
        ]
        terms.append(rng.choice(small or list(_results(one, other))))
    return terms


def _results(one: Term, other: Term) -> Iterator[Term]:
    a, b = one.value, other.value
    yield Term(a + b, f"({one.text}+{other.text})")
    yield Term(a * b, f"({one.text}*{other.text})")
    yield Term(a - b, f"({one.text}-{other.text})")
    yield Term(b - a, f"({other.text}-{one.text})")
    if b:
        yield Term(_quotient(a, b), f"({one.text}/{other.text})")
    if a:
        yield Term(_quotient(b, a), f"({other.text}/{one.text})")


def _quotient(a: Fraction | int, b: Fraction | int) -> Fraction | int:
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    value = Fraction(a) / Fraction(b)
    return value.numerator if value.denominator == 1 else value
