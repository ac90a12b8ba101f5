"""The usage of a call: what the endpoint reports, else an estimate, so that budgets hold everywhere."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.utils import count_tokens_approximately

from codesteer.models.prices import price_of
from codesteer.models.usage import Usage

CHARACTERS_PER_TOKEN = 4
"""As LangChain estimates."""
MAX_REPORTED_TOKENS = 10**12
"""No call takes more; a larger number would switch budgets off or overflow a checkpoint."""
REASONING_FIELDS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")
"""Where LangChain's packages keep a reply's reasoning beside its content."""


def usage_of(message: AIMessage, sent: Sequence[BaseMessage], seconds: float, model: str = "") -> Usage:
    """Return the usage of a call that the endpoint answered.

    Many endpoints report no tokens, above all in streams. Tokens that are missing, no whole numbers, negative or
    absurdly many are estimated from the texts, and so are zero tokens for texts that are not empty.

    Args:
        message: the reply.
        sent: the request's messages.
        seconds: how long the call took.
        model: the requested model, whose price applies if the reply names no model with a known price.
    """
    names = (str(message.response_metadata.get("model_name", "")), model)
    usage: Any = message.usage_metadata
    reported = _reported(usage if isinstance(usage, Mapping) else {})
    inputs = reported.inputs or _estimated(sent)
    outputs = reported.outputs or _estimated([message])
    estimated = (inputs, outputs) != (reported.inputs, reported.outputs)
    return _usage(replace(reported, inputs=inputs, outputs=outputs), seconds, names, estimated=estimated)


def usage_without_reply(sent: Sequence[BaseMessage], seconds: float, model: str = "") -> Usage:
    """Estimate the usage of a call that failed or was cancelled: one call, and the tokens of its prompt."""
    return _usage(_Tokens(inputs=_estimated(sent)), seconds, (model,), estimated=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tokens:
    inputs: int = 0
    """Of the prompt, those of the cache included; 0 if not reported."""
    cached: int = 0
    written: int = 0
    """Of the prompt, those that were written to the cache."""
    outputs: int = 0
    """Of the reply, reasoning included; 0 if not reported."""


def _reported(usage: Mapping[str, Any]) -> _Tokens:
    """Return the reported tokens; those that some endpoints count apart are added."""
    inputs, outputs, whole = (_count(usage.get(f"{kind}_tokens")) for kind in ("input", "output", "total"))
    cached, written = (_detail(usage, "input", kind) for kind in ("cache_read", "cache_creation"))
    apart = cached + written
    if apart > inputs or (apart and whole == inputs + apart + outputs):
        inputs += apart
    if (reasoning := _detail(usage, "output", "reasoning")) > outputs:
        outputs += reasoning
    if inputs:
        outputs = max(outputs, whole - inputs)
    elif outputs:
        inputs = max(0, whole - outputs)
    return _Tokens(inputs=inputs, cached=cached, written=written, outputs=outputs)


def _detail(usage: Mapping[str, Any], side: str, kind: str) -> int:
    """Return the tokens of a kind, which LangChain notes under its name or, for example, ``flex_`` and its name."""
    details = usage.get(f"{side}_token_details")
    if not isinstance(details, Mapping):
        return 0
    return sum(_count(value) for name, value in details.items() if f"_{name}".endswith(f"_{kind}"))


def _count(value: Any) -> int:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 < value <= MAX_REPORTED_TOKENS else 0


def _estimated(messages: Sequence[BaseMessage]) -> int:
    texts = [
        message
        for message in messages
        if message.text or isinstance(message.content, list) or _calls(message)
    ]
    unseen = sum(map(_unseen_characters, messages))
    return (count_tokens_approximately(texts) if texts else 0) + math.ceil(unseen / CHARACTERS_PER_TOKEN)


def _calls(message: BaseMessage) -> bool:
    return isinstance(message, AIMessage) and bool(message.tool_calls)


def _unseen_characters(message: BaseMessage) -> int:
    """Count the characters of a message that LangChain's estimate leaves out: reasoning, and calls that are no JSON."""
    reasoning = (message.additional_kwargs.get(name) for name in REASONING_FIELDS)
    invalid = message.invalid_tool_calls if isinstance(message, AIMessage) else ()
    return sum(len(str(value)) for value in (*reasoning, *invalid) if value)


def _usage(tokens: _Tokens, seconds: float, models: Sequence[str], *, estimated: bool) -> Usage:
    price = next(filter(None, map(price_of, models)), None)
    return Usage(
        calls=1,
        estimated_calls=int(estimated),
        input_tokens=tokens.inputs,
        cached_tokens=tokens.cached,
        output_tokens=tokens.outputs,
        seconds=seconds,
        cost=price.cost(tokens.inputs, tokens.cached, tokens.outputs, tokens.written) if price else 0.0,
    )
