"""The usage of a call: what the endpoint reports, else an estimate, so that budgets hold everywhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.utils import count_tokens_approximately

from codesteer.models.prices import price_of
from codesteer.models.usage import Usage


def usage_of(message: AIMessage, sent: Sequence[BaseMessage], seconds: float, model: str = "") -> Usage:
    """Return the usage of a call that the endpoint answered.

    Many endpoints report no tokens, above all in streams. Tokens that are missing, no whole numbers or negative are
    estimated from the texts, and so are zero tokens for texts that are not empty.

    Args:
        message: the reply.
        sent: the request's messages.
        seconds: how long the call took.
        model: the requested model, whose price applies if the reply names no model with a known price.
    """
    names = (str(message.response_metadata.get("model_name", "")), model)
    reported = _reported(message.usage_metadata)
    if reported is None:
        return _usage(_estimated(sent), 0, _estimated([message]), seconds, names, estimated=True)
    return _usage(*reported, seconds, names, estimated=False)


def usage_without_reply(sent: Sequence[BaseMessage], seconds: float, model: str = "") -> Usage:
    """Estimate the usage of a call that failed or was cancelled: one call, and the tokens of its prompt."""
    return _usage(_estimated(sent), 0, 0, seconds, (model,), estimated=True)


def _reported(usage: Any) -> tuple[int, int, int] | None:
    """Return the reported tokens: of the prompt, from the cache, of the reply; None if they cannot be meant."""
    if not isinstance(usage, Mapping):
        return None
    inputs, outputs = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    if inputs is None or outputs is None or inputs + outputs == 0:
        return None
    details = usage.get("input_token_details")
    cached = _count(details.get("cache_read")) if isinstance(details, Mapping) else None
    return inputs, cached or 0, outputs


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _estimated(messages: Sequence[BaseMessage]) -> int:
    texts = [message for message in messages if message.text or isinstance(message.content, list)]
    return count_tokens_approximately(texts) if texts else 0


def _usage(
    inputs: int, cached: int, outputs: int, seconds: float, models: Sequence[str], *, estimated: bool
) -> Usage:
    price = next(filter(None, map(price_of, models)), None)
    return Usage(
        calls=1,
        estimated_calls=int(estimated),
        input_tokens=inputs,
        cached_tokens=cached,
        output_tokens=outputs,
        seconds=seconds,
        cost=price.cost(inputs, cached, outputs) if price else 0.0,
    )
