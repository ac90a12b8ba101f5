"""Encode conversations as tokens, labels and loss weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypedDict

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.training.tree import Message

IGNORED = -100
"""The label of tokens that are not learnt, as in PyTorch's cross entropy."""


class Encoded(TypedDict):
    """One encoded conversation; three lists of the same length."""

    input_ids: list[int]
    labels: list[int]
    loss_weights: list[float]


@dataclass(frozen=True, slots=True)
class Span:
    """The position of a guidance turn in the rendered text, its end-of-turn mark included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EncodedSet:
    """Encoded conversations, and how many were shortened or dropped."""

    rows: list[Encoded]
    shortened: int
    """Number of conversations that lost turns at their end."""
    dropped: int
    """Number of conversations whose first guidance turn exceeds the limit."""


def guidance_spans(
    messages: Sequence[Message], render: Callable[[Sequence[Message], bool], str]
) -> list[Span]:
    """Find every assistant turn in the rendered conversation.

    Works with any chat template that only appends text, without generation markers.

    Args:
        messages: the conversation.
        render: the chat template; its second argument adds a generation prompt.

    Raises:
        ConfigurationError: the template rewrites earlier turns.
    """
    whole, spans = render(messages, False), []
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before, upto = render(messages[:index], True), render(messages[: index + 1], False)
        if not (whole.startswith(upto) and upto.startswith(before)):
            raise ConfigurationError(
                "the base's chat template rewrites earlier turns, so they cannot be learnt; "
                "set chat_template in the recipe"
            )
        spans.append(Span(len(before), len(upto)))
    return spans


def turn_weights(turns: int, last_turns: int, weight: float) -> list[float]:
    """Return the weight of each guidance turn: ``weight`` for the last ones, 1 for those before."""
    return [weight if turn >= turns - last_turns else 1.0 for turn in range(turns)]


def encode(
    messages: Sequence[Message], tokenizer: Any, *, last_turns: int, weight: float, max_length: int
) -> Encoded | None:
    """Encode one conversation; return None if not even its first guidance turn fits.

    A long conversation loses whole turns at its end: a truncated turn would teach a wrong end of guidance. Weights
    depend on the position in the whole conversation.
    """
    render = template_of(tokenizer)
    spans = guidance_spans(messages, render)
    weights = turn_weights(len(spans), last_turns, weight)
    encoded = _encode(render(messages, False), spans, weights, tokenizer)
    return encoded if len(encoded["input_ids"]) <= max_length else _shorten(encoded, max_length)


def encode_reply(prompt: Sequence[Message], reply: Message, tokenizer: Any) -> Encoded:
    """Encode a conversation in which only the last guidance turn is learnt."""
    messages, render = [*prompt, reply], template_of(tokenizer)
    return _encode(render(messages, False), guidance_spans(messages, render)[-1:], [1.0], tokenizer)


def count_reply_tokens(prompt: Sequence[Message], reply: Message, tokenizer: Any, characters: int) -> int:
    """Return how many learnt tokens of the last guidance turn end within its first characters."""
    messages, render = [*prompt, reply], template_of(tokenizer)
    start = guidance_spans(messages, render)[-1].start
    tokens = tokenizer(render(messages, False), add_special_tokens=False, return_offsets_mapping=True)
    return sum(start <= first and end <= start + characters for first, end in tokens["offset_mapping"])


def encode_all(
    conversations: Sequence[Sequence[Message]],
    tokenizer: Any,
    *,
    last_turns: int,
    weight: float,
    max_length: int,
) -> EncodedSet:
    """Encode all conversations.

    Raises:
        TrainingError: none of them fits.
    """
    rows: list[Encoded] = []
    shortened = 0
    for messages in conversations:
        row = encode(messages, tokenizer, last_turns=last_turns, weight=weight, max_length=max_length)
        if row is not None:
            shortened += _turns(row) < _guidance_turns(messages)
            rows.append(row)
    if conversations and not rows:
        raise TrainingError(f"no conversation fits into {max_length} tokens; raise max_length in the recipe")
    return EncodedSet(rows, shortened, len(conversations) - len(rows))


def template_of(tokenizer: Any) -> Callable[[Sequence[Message], bool], str]:
    """Return the tokenizer's chat template as a function.

    The function raises ConfigurationError if the template rejects the conversation, such as a system message.
    """

    def render(messages: Sequence[Message], opening: bool) -> str:
        try:
            text: str = tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=opening
            )
        except Exception as error:
            # Templates are programs and can raise anything.
            raise ConfigurationError(f"the base's chat template rejects the conversation: {error}") from error
        return text

    return render


def _encode(text: str, spans: Sequence[Span], weights: Sequence[float], tokenizer: Any) -> Encoded:
    tokens = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    encoded = Encoded(input_ids=list(tokens["input_ids"]), labels=[], loss_weights=[])
    turn = 0
    for token, (start, end) in zip(encoded["input_ids"], tokens["offset_mapping"], strict=True):
        while turn < len(spans) and start >= spans[turn].end:
            turn += 1
        learnt = turn < len(spans) and start >= spans[turn].start and end <= spans[turn].end
        encoded["labels"].append(token if learnt else IGNORED)
        encoded["loss_weights"].append(weights[turn] if learnt else 0.0)
    return encoded


def _shorten(encoded: Encoded, max_length: int) -> Encoded | None:
    labels = encoded["labels"]
    end = max_length
    if labels[end - 1] != IGNORED and labels[end] != IGNORED:
        # The limit is inside a turn: drop that turn too.
        while end and labels[end - 1] != IGNORED:
            end -= 1
    while end and labels[end - 1] == IGNORED:
        end -= 1
    if end == 0:
        return None
    return Encoded(
        input_ids=encoded["input_ids"][:end],
        labels=labels[:end],
        loss_weights=encoded["loss_weights"][:end],
    )


def _turns(row: Encoded) -> int:
    """Count the runs of learnt tokens."""
    learnt = [False, *(label != IGNORED for label in row["labels"])]
    return sum(now and not before for before, now in pairwise(learnt))


def _guidance_turns(messages: Sequence[Message]) -> int:
    return sum(message["role"] == "assistant" for message in messages)
