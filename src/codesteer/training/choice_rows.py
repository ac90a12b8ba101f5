"""Rows for training a classifying guide: each decision of a conversation, and each pair of different choices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codesteer.errors import TrainingError
from codesteer.guides.choices import LABELS, Choice, choice_of
from codesteer.guides.parsing import parse_decision
from codesteer.models.classifier import clip_middle
from codesteer.training.encoding import template_of, turn_weights
from codesteer.training.pairs import Pair
from codesteer.training.tree import Message

NO_LABEL = -1
"""The rejected class of a row that prefers nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """What the guide saw, and what it is to choose."""

    input_ids: list[int]
    chosen: int
    """Index of the right class."""
    rejected: int = NO_LABEL
    """Index of the class that the chosen one is preferred to."""
    weight: float = 1.0


def conversation_rows(
    conversations: Sequence[Sequence[Message]],
    tokenizer: Any,
    *,
    last_turns: int,
    weight: float,
    max_length: int,
) -> list[ChoiceRow]:
    """Return a row for each decision; decisions of the last turns weigh more (see ``turn_weights``).

    Raises:
        TrainingError: a decision cannot be read.
    """
    rows = []
    for messages in conversations:
        turns = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
        for index, factor in zip(turns, turn_weights(len(turns), last_turns, weight), strict=True):
            ids = _encode(messages[:index], tokenizer, max_length)
            rows.append(ChoiceRow(input_ids=ids, chosen=class_of(messages[index]), weight=factor))
    return rows


def preference_rows(pairs: Sequence[Pair], tokenizer: Any, max_length: int) -> list[ChoiceRow]:
    """Return a row for each pair of different choices; pairs that differ in wording only teach a classifier nothing.

    Raises:
        TrainingError: a decision cannot be read.
    """
    return [
        ChoiceRow(input_ids=_encode(pair.prompt, tokenizer, max_length), chosen=chosen, rejected=rejected)
        for pair, chosen, rejected in _different_choices(pairs)
    ]


def _different_choices(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, int, int]]:
    for pair in pairs:
        chosen, rejected = class_of(pair.chosen[0]), class_of(pair.rejected[0])
        if chosen != rejected:
            yield pair, chosen, rejected


def class_of(message: Message) -> int:
    """Return the index of the choice behind a decision; raises TrainingError if there is none."""
    return LABELS.index(choice_in(message).value)


def choice_in(message: Message) -> Choice:
    """Return the choice behind a decision; raises TrainingError if there is none."""
    decision = parse_decision(message["content"])
    if decision is None:
        raise TrainingError(f"not a decision: {message['content'][:80]!r}")
    return choice_of(decision.action, start_over=decision.start_over)


def _encode(prompt: Sequence[Message], tokenizer: Any, max_length: int) -> list[int]:
    text = template_of(tokenizer)(prompt, True)
    return clip_middle(tokenizer(text, add_special_tokens=False)["input_ids"], max_length)
