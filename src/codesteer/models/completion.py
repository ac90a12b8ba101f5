"""Send a conversation to a chat model; return its reply with usage, or raise a ModelError."""

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from codesteer.errors import ModelError, ModelUnavailableError
from codesteer.models.finish_reason import is_cut, is_truncated
from codesteer.models.prices import load_prices
from codesteer.models.provider_errors import classify_error, is_from_other_loop, status_of
from codesteer.models.reported_usage import usage_of, usage_without_reply
from codesteer.models.request_adaptation import adapt_messages, adapt_model
from codesteer.models.structured_output import parsed_output, truncated_message, with_schema
from codesteer.models.unsupported_features import (
    UnsupportedFeature,
    is_refusal,
    known_unsupported,
    rejected_feature,
    remember_unsupported,
)
from codesteer.models.unwrapping import model_name
from codesteer.models.usage import Usage
from codesteer.models.usage_tracker import record_usage

__all__ = ["Completion", "ask"]

Model = Runnable[LanguageModelInput, AIMessage]
"""A chat model, or one wrapped in retries, fallbacks or bound options."""
MAX_STALE_CONNECTIONS = 16
"""Connections kept alive by another event loop; each fails once, and the client then drops it."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's reply."""

    text: str
    truncated: bool
    """The reply ended at a token limit, and can be continued."""
    usage: Usage
    """Includes failed attempts."""
    parsed: BaseModel | None = None
    """The structured output; None if none was requested, or the reply does not hold a complete object."""
    cut: bool = False
    """A content filter or a failure ended the reply before its end."""

    @property
    def incomplete(self) -> bool:
        """Whether the reply lacks its end, for whatever reason."""
        return self.truncated or self.cut


@dataclass(frozen=True, slots=True)
class _Reply:
    message: AIMessage
    parsed: Any = None


@dataclass(frozen=True, slots=True)
class _Retry:
    """A feature that the next attempt leaves out."""

    feature: UnsupportedFeature
    permanent: bool
    """The endpoint never supports the feature, so later requests leave it out too."""


async def ask(
    model: Model, messages: Sequence[BaseMessage], schema: type[BaseModel] | None = None
) -> Completion:
    """Send a conversation and return the reply.

    Empty messages get a placeholder text. If the endpoint rejects a feature (token usage in streams, the system role,
    consecutive messages of one role, structured output), the request is sent again without it; later requests leave
    it out from the start. It is also sent again if a user's model object has kept a connection of another event loop
    alive, as after synchronous calls or another ``asyncio.run``.

    Records the usage of every call with the current ``UsageTracker``. A call that fails or is cancelled counts too,
    with an estimate of its prompt tokens: endpoints report no usage for it, but many charge for it. So does a call
    for which the endpoint reports no tokens.

    Args:
        model: the chat model.
        messages: the conversation.
        schema: the structured output to request; models without structured output get the messages alone.

    Raises:
        ModelUnavailableError: the endpoint is down or overloaded.
        ModelRefusedError: the endpoint refused the request.
        ModelError: the endpoint returned no usable reply.
    """
    if not load_prices.cache_info().currsize:
        await asyncio.to_thread(load_prices)
    known, failed_usage = known_unsupported(model), Usage()
    retries: list[_Retry] = []
    stale_connections = 0
    while True:
        unsupported = known | {retry.feature for retry in retries}
        adapted, sent = adapt_model(model, unsupported), adapt_messages(messages, unsupported)
        use_schema = schema is not None and UnsupportedFeature.STRUCTURED_OUTPUT not in unsupported
        structured = with_schema(adapted, schema) if schema is not None and use_schema else None
        start = time.perf_counter()
        try:
            reply = await (
                _invoke(adapted, sent) if structured is None else _invoke_structured(structured, sent)
            )
        except BaseException as error:
            if stale_connections < MAX_STALE_CONNECTIONS and is_from_other_loop(error):
                stale_connections += 1
                continue
            estimate = usage_without_reply(sent, time.perf_counter() - start, model_name(model))
            record_usage(estimate)
            failure = _failure_of(error)
            retry = _retry_after(error, failure, unsupported, structured=structured is not None)
            if retry is None:
                raise failure from failure.__cause__
            failed_usage += estimate
            retries.append(retry)
            _log.debug("%s refused %s; asking without: %s", _label(model), retry.feature, failure)
            continue
        if permanent := {retry.feature for retry in retries if retry.permanent}:
            remember_unsupported(model, permanent)
        result = read_completion(reply.message, sent, time.perf_counter() - start, model_name(model))
        record_usage(result.usage)
        return replace(
            result, usage=failed_usage + result.usage, parsed=None if result.incomplete else reply.parsed
        )


def read_completion(
    message: AIMessage, sent: Sequence[BaseMessage], seconds: float, model: str = ""
) -> Completion:
    """Read a chat model's message; for the arguments see ``usage_of``."""
    usage, metadata = usage_of(message, sent, seconds, model), message.response_metadata
    return Completion(message.text, is_truncated(metadata), usage, cut=is_cut(metadata))


async def _invoke(model: Model, messages: list[BaseMessage]) -> _Reply:
    return _Reply(_require_message(await model.ainvoke(messages)))


async def _invoke_structured(structured: Any, messages: list[BaseMessage]) -> _Reply:
    """Invoke a model that ``with_schema`` returned."""
    try:
        message, parsed = parsed_output(await structured.ainvoke(messages))
    except Exception as error:
        if (truncated := truncated_message(error)) is None:
            raise
        return _Reply(truncated)
    return _Reply(_require_message(message), parsed)


def _require_message(result: Any) -> AIMessage:
    if not isinstance(result, AIMessage):
        raise ModelError(f"the model returned {type(result).__name__} instead of a message")
    return result


def _failure_of(error: BaseException) -> Exception:
    """Classify an exception; re-raise cancellations and the like."""
    if not isinstance(error, Exception):
        raise error
    failure = classify_error(error)
    if failure is not error:
        failure.__cause__ = error
    return failure


def _retry_after(
    error: BaseException,
    failure: Exception,
    unsupported: Collection[UnsupportedFeature],
    *,
    structured: bool,
) -> _Retry | None:
    """Return the feature to leave out of the next attempt; None if another attempt is unlikely to help.

    Args:
        error: the exception of the model.
        failure: what it was classified as.
        unsupported: the features that were left out already.
        structured: whether the request asked for structured output.
    """
    if not isinstance(failure, ModelError):
        return None
    rejected = _refused_feature(error, failure, structured=structured)
    if rejected is not None and rejected not in unsupported:
        return _Retry(rejected, permanent=True)
    if structured and not isinstance(failure, ModelUnavailableError):
        # This request was refused, or its output cannot be parsed: plain text may work, and so may the next schema.
        return _Retry(UnsupportedFeature.STRUCTURED_OUTPUT, permanent=False)
    return None


def _refused_feature(
    error: BaseException, failure: ModelError, *, structured: bool
) -> UnsupportedFeature | None:
    """Return the feature that an endpoint or a client refuses; None for an outage, or an error of our own wording."""
    status, text = status_of(error), str(failure)
    unreachable = status is None and isinstance(failure, ModelUnavailableError)
    if failure is error or unreachable or not is_refusal(status, text):
        return None
    return rejected_feature(text, structured=structured)


def _label(model: Model) -> str:
    return model_name(model) or type(model).__name__
