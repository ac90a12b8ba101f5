"""From a conversation to tokens, labels and weights: which tokens are learnt, and how much each counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypedDict

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.training.tree import Message

IGNORED = -100
"""The label of a token that is not learnt, as PyTorch's cross entropy has it."""


class Encoded(TypedDict):
    """One conversation as a trainer takes it; three lists of the same length."""

    input_ids: list[int]
    labels: list[int]
    loss_weights: list[float]


@dataclass(frozen=True, slots=True)
class Span:
    """Where a guidance turn stands in the rendered text, its end-of-turn mark included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EncodedSet:
    """Encoded conversations, and what did not fit."""

    rows: list[Encoded]
    shortened: int
    """Conversations that lost turns at their end."""
    dropped: int
    """Conversations whose first guidance already lies beyond the limit."""


def guidance_spans(
    messages: Sequence[Message], render: Callable[[Sequence[Message], bool], str]
) -> list[Span]:
    """Find every assistant turn in the rendered conversation.

    Works with any chat template that only ever adds text at the end, without generation markers in it.

    Args:
        messages: the conversation.
        render: the chat template; its second argument asks for the opening of a reply at the end.

    Raises:
        ConfigurationError: the template rewrites earlier turns when later ones come.
    """
    whole, spans = render(messages, False), []
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before, upto = render(messages[:index], True), render(messages[: index + 1], False)
        if not (whole.startswith(upto) and upto.startswith(before)):
            raise ConfigurationError(
                "the base's chat template rewrites earlier turns of a conversation, so they cannot be learnt; "
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
    """Encode one conversation; None if not even its first guidance fits.

    What is too long loses whole turns at its end, never part of one: the end of a cut guidance would be learnt as
    the end of guidance. Weights are by the place in the whole conversation, also where its end is left out.
    """
    render = template_of(tokenizer)
    spans = guidance_spans(messages, render)
    weights = turn_weights(len(spans), last_turns, weight)
    encoded = _encode(render(messages, False), spans, weights, tokenizer)
    return encoded if len(encoded["input_ids"]) <= max_length else _shorten(encoded, max_length)


def encode_reply(prompt: Sequence[Message], reply: Message, tokenizer: Any) -> Encoded:
    """Encode a conversation of which only the last guidance counts."""
    messages, render = [*prompt, reply], template_of(tokenizer)
    return _encode(render(messages, False), guidance_spans(messages, render)[-1:], [1.0], tokenizer)


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
            shortened += _turns(row) < _guidances(messages)
            rows.append(row)
    if conversations and not rows:
        raise TrainingError(f"no conversation fits into {max_length} tokens; raise max_length in the recipe")
    return EncodedSet(rows, shortened, len(conversations) - len(rows))


def template_of(tokenizer: Any) -> Callable[[Sequence[Message], bool], str]:
    """Return the tokenizer's chat template as a function.

    Its calls raise ConfigurationError where the template refuses the conversation, such as a system message.
    """

    def render(messages: Sequence[Message], opening: bool) -> str:
        try:
            text: str = tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=opening
            )
        except Exception as error:
            # Templates are programs: what they raise is anything that their author thought of.
            raise ConfigurationError(f"the base's chat template refuses the conversation: {error}") from error
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
        # The limit falls into a turn: that turn goes too.
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
    """Runs of learnt tokens."""
    learnt = [False, *(label != IGNORED for label in row["labels"])]
    return sum(now and not before for before, now in pairwise(learnt))


def _guidances(messages: Sequence[Message]) -> int:
    return sum(message["role"] == "assistant" for message in messages)
