"""What questions of one kind have in common: fixed words around the places where their data stand.

A remembered program may answer a question alone only if the question says nothing that the program was not verified
with: every fixed word is there, in order, and what stands between has the form of the data seen there. A look-alike
with one other word in its rules does not match.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from rapidfuzz.distance import LCSseq

MAX_TOKENS = 2000
"""Longer questions have no template."""
MAX_QUESTIONS = 40
"""Questions that a template is made from; more take long, and would only let it match more."""
MIN_OPEN_VALUES = 3
"""Different words that a place must have held before any other word of their form may stand there."""
TOKEN = re.compile(r"\d+|[^\W\d_]+|\n|[^\w\s]|_")
NUMBER, UPPER, CAPITALIZED, LOWER, SYMBOL = "number", "upper", "capitalized", "lower", "symbol"


@dataclass(frozen=True, slots=True)
class Place:
    """A place between fixed tokens, with the texts that it held in the questions seen."""

    fillings: tuple[tuple[str, ...], ...]

    @property
    def may_be_empty(self) -> bool:
        """Whether it was empty in a question."""
        return () in self.fillings

    @property
    def is_single(self) -> bool:
        """Whether it never held more than one token."""
        return all(len(filling) <= 1 for filling in self.fillings)

    def admission(self) -> "Admission":
        """Return what may stand here."""
        seen = {token for filling in self.fillings for token in filling}
        values: dict[str, set[str]] = {}
        for token in seen:
            values.setdefault(token_form(token), set()).add(token)
        forms = {
            form
            for form, tokens in values.items()
            if form == NUMBER or (form not in (SYMBOL, LOWER) and len(tokens) >= MIN_OPEN_VALUES)
        }
        if self.is_single and len(values.get(LOWER, ())) >= MIN_OPEN_VALUES:
            forms.add(LOWER)
        return Admission(frozenset(seen), frozenset(forms))


@dataclass(frozen=True, slots=True)
class Admission:
    """The tokens that may stand at a place."""

    tokens: frozenset[str]
    forms: frozenset[str]
    """Forms of which any token may stand there."""

    def __contains__(self, token: str) -> bool:
        return token in self.tokens or token_form(token) in self.forms


@dataclass(frozen=True, slots=True)
class Template:
    """Fixed tokens with a place before each and one after the last."""

    fixed: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def varies(self) -> bool:
        """Whether any place ever held something."""
        return any(any(place.fillings) for place in self.places)

    def matches(self, question: str) -> bool:
        """Return whether a question has all fixed tokens in order, and admissible data between them."""
        tokens = tokenize(question)
        if len(tokens) > MAX_TOKENS:
            return False
        admissions = [place.admission() for place in self.places]
        # Positions (place, is it filled?) that the tokens so far can lead to.
        positions = {(0, False)}
        for token in tokens:
            positions = {
                after
                for place, filled in positions
                for after in self._steps(place, filled, token, admissions)
            }
            if not positions:
                return False
        return any(place == len(self.fixed) and self._may_end(place, filled) for place, filled in positions)

    def _steps(
        self, place: int, filled: bool, token: str, admissions: Sequence[Admission]
    ) -> list[tuple[int, bool]]:
        """Return where a token leads from a place: on to the next fixed token, or further into the place."""
        steps = []
        if place < len(self.fixed) and self.fixed[place] == token and self._may_end(place, filled):
            steps.append((place + 1, False))
        if token in admissions[place] and not (filled and self.places[place].is_single):
            steps.append((place, True))
        return steps

    def _may_end(self, place: int, filled: bool) -> bool:
        return filled or self.places[place].may_be_empty


def tokenize(question: str) -> tuple[str, ...]:
    """Return a question's words, numbers, signs and line breaks."""
    return tuple(TOKEN.findall(question.replace("\r\n", "\n").strip()))


def token_form(token: str) -> str:
    """Return a token's form: number, upper, capitalized or lower for words, symbol."""
    if token.isdigit():
        return NUMBER
    if not token[0].isalpha():
        return SYMBOL
    if token.isupper():
        return UPPER
    return CAPITALIZED if token[0].isupper() else LOWER


def find_template(questions: Sequence[str]) -> Template | None:
    """Return the template of at least two different questions; None if they are fewer or too long."""
    different = list(dict.fromkeys(map(tokenize, questions[:MAX_QUESTIONS])))
    if len(different) < 2 or any(len(tokens) > MAX_TOKENS for tokens in different):
        return None
    first, *others = different
    start = Template(first, tuple(Place(((),)) for _ in range(len(first) + 1)))
    return reduce(_generalize, others, start)


def _generalize(template: Template, tokens: tuple[str, ...]) -> Template:
    """Keep the fixed tokens that another question has too; what stood between them goes to its places."""
    kept = [
        (old, new)
        for block in LCSseq.opcodes(template.fixed, tokens)
        if block.tag == "equal"
        for old, new in zip(
            range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True
        )
    ]
    borders = [(-1, -1), *kept, (len(template.fixed), len(tokens))]
    places = tuple(
        Place((*_merged_fillings(template, left[0], right[0]), tokens[left[1] + 1 : right[1]]))
        for left, right in pairwise(borders)
    )
    return Template(tuple(template.fixed[old] for old, _ in kept), places)


def _merged_fillings(template: Template, left: int, right: int) -> list[tuple[str, ...]]:
    """Return what stood between two fixed tokens in each question seen so far."""
    count = len(template.places[0].fillings)
    fillings: list[tuple[str, ...]] = []
    for question in range(count):
        filling: tuple[str, ...] = ()
        for place in range(left + 1, right + 1):
            filling += template.places[place].fillings[question]
            if place < right:
                filling += (template.fixed[place],)
        fillings.append(filling)
    return fillings
