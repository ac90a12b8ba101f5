"""One question to a chat model: its text, why it ended, what it cost, and what went wrong."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from codesteer.errors import ModelError, ModelRefusedError, ModelUnavailableError, first_line
from codesteer.models.prices import price_of
from codesteer.models.usage import Usage

Model = Runnable[LanguageModelInput, AIMessage]
"""A chat model, also one with retries, fallbacks or settings bound to it."""
TOO_MANY_REQUESTS = 429
RETRYABLE = frozenset({408, 409, TOO_MANY_REQUESTS})
SERVER_ERROR = 500
LENGTH_REASONS = frozenset({"length", "max_tokens", "MAX_TOKENS"})


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model said."""

    text: str
    cut_off: bool
    """True when the reply ended at a token limit."""
    usage: Usage


async def ask(model: Model, messages: Sequence[BaseMessage]) -> Completion:
    """Send a conversation and return the reply.

    Raises:
        ModelUnavailableError: the endpoint is down or overloaded.
        ModelRefusedError: the endpoint refused the request.
    """
    start = time.perf_counter()
    try:
        message = await model.ainvoke(list(messages))
    except Exception as error:
        # Provider packages share no base class; what is no endpoint's failure is raised again as it is.
        raise model_error(error) or error from error
    return completion(message, time.perf_counter() - start)


def completion(message: AIMessage, seconds: float) -> Completion:
    """Read a chat model's message."""
    metadata = message.response_metadata
    reason = metadata.get("finish_reason") or metadata.get("stop_reason")
    return Completion(message.text, reason in LENGTH_REASONS, usage_of(message, seconds))


def usage_of(message: AIMessage, seconds: float) -> Usage:
    """Read what a message cost; endpoints that report no tokens count as a call of zero tokens."""
    counted = message.usage_metadata
    if counted is None:
        return Usage(calls=1, seconds=seconds)
    cached = counted.get("input_token_details", {}).get("cache_read", 0)
    price = price_of(str(message.response_metadata.get("model_name", "")))
    inputs, outputs = counted["input_tokens"], counted["output_tokens"]
    return Usage(
        calls=1,
        input_tokens=inputs,
        cached_tokens=cached,
        output_tokens=outputs,
        seconds=seconds,
        cost=price.of(inputs, cached, outputs) if price else 0.0,
    )


def model_error(error: Exception) -> ModelError | None:
    """Translate a provider's exception; None if it is not an endpoint's failure."""
    if isinstance(error, ModelError):
        return error
    text = _with_cause(error)
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if isinstance(status, int):
        return _by_status(status, text)
    if _is_connection_failure(error):
        return ModelUnavailableError(f"the model's endpoint cannot be reached: {text}")
    return None


def _by_status(status: int, text: str) -> ModelError:
    if status == TOO_MANY_REQUESTS and "quota" in text.lower():
        return ModelRefusedError(f"the model's endpoint says the quota is spent: {text}")
    if status in RETRYABLE or status >= SERVER_ERROR:
        return ModelUnavailableError(f"the model's endpoint is overloaded or failing ({status}): {text}")
    return ModelRefusedError(f"the model's endpoint refused the request ({status}): {text}")


def _is_connection_failure(error: Exception) -> bool:
    names = {kind.__name__ for kind in type(error).__mro__}
    known = {"APIConnectionError", "TransportError", "ConnectError", "ServiceUnavailable"}
    return isinstance(error, ConnectionError | TimeoutError) or bool(names & known)


def _with_cause(error: Exception) -> str:
    cause = error.__cause__
    return first_line(error) + (f" ({cause})" if cause and str(cause) else "")
