"""Answers that are nearly the same as a proposed one, to test a check with: a good check tells them apart."""

import re
from collections.abc import Callable, Sequence
from random import Random

from codesteer.checkers.answer_readings import readings, same_readings
from codesteer.checkers.question_choices import choices

MAX_MUTANTS = 10
"""Mutants of one answer; each costs a call of the check."""
MAX_ANSWER_LENGTH = 4_000
"""A longer answer has no mutants."""
ATTEMPTS_PER_KIND = 3
TOKEN = re.compile(r"(?<![\w)\]])[+-]?\d+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+")
"""What an answer is made of: numbers and words; all else only separates them."""
FAR = 97
"""What is added to a number to take it out of any plausible range."""


def mutants_of(answer: str, question: str = "") -> list[str]:
    """Return answers that differ from a proposed one in one place or in their order.

    An answer that is one of the question's choices has the others as mutants. Otherwise the tokens of a list
    or grid are changed, swapped, dropped, repeated, reversed and moved out of range, and so are the characters of a
    single token. The same answer always has the same mutants.

    Args:
        answer: the proposed answer.
        question: the question's text, for its choices.

    Returns:
        At most ``MAX_MUTANTS`` distinct answers, none of which says the same as the proposed one.
    """
    if len(answer) > MAX_ANSWER_LENGTH:
        return []
    open_answers = choices(question) if question else None
    if open_answers is not None and open_answers.admit(named := open_answers.named(answer)):
        return _distinct(named, open_answers.names)[:MAX_MUTANTS]
    return _distinct(answer, _changed(answer, Random(answer)))[:MAX_MUTANTS]  # noqa: S311 (not for secrets)


def _changed(answer: str, random: Random) -> list[str]:
    """Apply every kind of change a few times, one kind after the other."""
    tokens = [(found.start(), found.end()) for found in TOKEN.finditer(answer)]
    if not tokens:
        return [f"{answer}1", "1"]
    kinds = LIST_CHANGES if len(tokens) > 1 else TOKEN_CHANGES
    return [change(answer, tokens, random) for _ in range(ATTEMPTS_PER_KIND) for change in kinds]


def _distinct(answer: str, candidates: Sequence[str]) -> list[str]:
    seen, distinct = [readings(answer)], []
    for candidate in filter(str.strip, candidates):
        said = readings(candidate)
        if not any(same_readings(said, other) for other in seen):
            seen.append(said)
            distinct.append(candidate)
    return distinct


Spans = Sequence[tuple[int, int]]
Change = Callable[[str, Spans, Random], str]


def _replace(answer: str, span: tuple[int, int], text: str) -> str:
    return answer[: span[0]] + text + answer[span[1] :]


def _change_one(answer: str, spans: Spans, random: Random) -> str:
    """Replace one token by another one of the answer, or by its successor if all are equal."""
    span = random.choice(spans)
    token = answer[slice(*span)]
    others = sorted({answer[slice(*other)] for other in _of_kind(answer, spans, token)} - {token})
    return _replace(answer, span, random.choice(others) if others else _successor(token, random))


def _shift_one(answer: str, spans: Spans, random: Random) -> str:
    """Replace one token by its successor or predecessor."""
    span = random.choice(spans)
    return _replace(answer, span, _successor(answer[slice(*span)], random))


def _swap_two(answer: str, spans: Spans, random: Random) -> str:
    """Swap two tokens of a kind."""
    token = answer[slice(*random.choice(spans))]
    alike = _of_kind(answer, spans, token)
    if len(alike) == 1:
        return answer
    first, second = sorted(random.sample(alike, 2))
    left, right = answer[slice(*first)], answer[slice(*second)]
    return _replace(_replace(answer, second, left), first, right)


def _drop_one(answer: str, spans: Spans, random: Random) -> str:
    """Drop one token and the separator beside it."""
    index = random.randrange(len(spans))
    if index + 1 < len(spans):
        return answer[: spans[index][0]] + answer[spans[index + 1][0] :]
    return answer[: spans[index - 1][1]] + answer[spans[index][1] :]


def _repeat_one(answer: str, spans: Spans, random: Random) -> str:
    """Repeat one token, with the separator beside it."""
    index = random.randrange(len(spans) - 1)
    return answer[: spans[index + 1][0]] + answer[spans[index][0] :]


def _reverse(answer: str, spans: Spans, random: Random) -> str:
    """Reverse the order of the tokens of a kind; the separators stay."""
    alike = _of_kind(answer, spans, answer[slice(*random.choice(spans))])
    tokens = [answer[slice(*span)] for span in alike]
    for span, token in zip(reversed(alike), tokens, strict=True):
        answer = _replace(answer, span, token)
    return answer


def _swap_lines(answer: str, spans: Spans, random: Random) -> str:
    """Swap two neighbouring lines, such as the moves of a plan."""
    del spans
    lines = answer.split("\n")
    if len(lines) == 1:
        return answer
    index = random.randrange(len(lines) - 1)
    lines[index : index + 2] = reversed(lines[index : index + 2])
    return "\n".join(lines)


def _out_of_range(answer: str, spans: Spans, random: Random) -> str:
    """Replace one token by one that no list of its kind holds."""
    span = random.choice(spans)
    token = answer[slice(*span)]
    far = _shifted(token, FAR) if _is_number(token) else token + token
    return _replace(answer, span, far)


def _change_characters(answer: str, spans: Spans, random: Random) -> str:
    """Replace one character of the only token."""
    span = spans[0]
    token = answer[slice(*span)]
    index = random.choice([i for i, character in enumerate(token) if character.isalnum()])
    return _replace(answer, span, token[:index] + _successor(token[index], random) + token[index + 1 :])


def _swap_characters(answer: str, spans: Spans, random: Random) -> str:
    """Swap two neighbouring characters of the only token."""
    token = answer[slice(*spans[0])]
    if len(token) == 1:
        return answer
    index = random.randrange(len(token) - 1)
    swapped = token[:index] + token[index + 1] + token[index] + token[index + 2 :]
    return _replace(answer, spans[0], swapped)


def _drop_character(answer: str, spans: Spans, random: Random) -> str:
    """Drop one character of the only token."""
    token = answer[slice(*spans[0])]
    index = random.randrange(len(token))
    return _replace(answer, spans[0], token[:index] + token[index + 1 :])


def _repeat_character(answer: str, spans: Spans, random: Random) -> str:
    """Repeat one character of the only token."""
    token = answer[slice(*spans[0])]
    index = random.randrange(len(token))
    return _replace(answer, spans[0], token[: index + 1] + token[index:])


def _negate(answer: str, spans: Spans, random: Random) -> str:
    """Change the sign of a number; reverse a word."""
    token = answer[slice(*spans[0])]
    if not _is_number(token):
        return _replace(answer, spans[0], token[::-1])
    del random
    return _replace(answer, spans[0], token[1:] if token.startswith("-") else f"-{token.lstrip('+')}")


def _of_kind(answer: str, spans: Spans, token: str) -> list[tuple[int, int]]:
    """Return the spans of all numbers, if the token is one, or else of all words."""
    return [span for span in spans if _is_number(answer[slice(*span)]) == _is_number(token)]


def _successor(token: str, random: Random) -> str:
    """Return the number or letter beside a token; a word gets another first letter."""
    step = random.choice((-1, 1))
    if _is_number(token):
        return _shifted(token, step)
    start = ord("a") if token[0].islower() else ord("A")
    return chr(start + (ord(token[0]) - start + step) % 26) + token[1:]


def _shifted(number: str, step: int) -> str:
    whole, point, decimals = number.partition(".")
    return f"{int(whole) + step}{point}{decimals}"


def _is_number(token: str) -> bool:
    return token.lstrip("+-")[:1].isdecimal()


LIST_CHANGES: tuple[Change, ...] = (
    _change_one,
    _swap_two,
    _swap_lines,
    _drop_one,
    _repeat_one,
    _shift_one,
    _reverse,
    _out_of_range,
)
TOKEN_CHANGES: tuple[Change, ...] = (
    _shift_one,
    _change_characters,
    _swap_characters,
    _drop_character,
    _repeat_character,
    _negate,
    _out_of_range,
)
