"""One question to a chat model: its text, why it ended, what it cost, and what went wrong."""

import asyncio
import json
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.utils import count_tokens_approximately
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from codesteer.errors import ModelError, ModelUnavailableError
from codesteer.models.cut_off import is_cut_off
from codesteer.models.failures import read_failure
from codesteer.models.meter import report
from codesteer.models.prices import load_prices, price_of
from codesteer.models.quirks import Quirk, known_quirks, model_name, remember, sign_of
from codesteer.models.sending import adapted, sendable
from codesteer.models.usage import Usage

Model = Runnable[LanguageModelInput, AIMessage]
"""A chat model, also one with retries, fallbacks or settings bound to it."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model said."""

    text: str
    cut_off: bool
    """True when the reply ended at a token limit."""
    usage: Usage
    """Failed attempts before it included."""
    form: BaseModel | None = None
    """The form that was asked for, filled in; None without one, and where the reply holds no whole one."""


@dataclass(frozen=True, slots=True)
class _Reply:
    message: AIMessage
    form: Any = None


@dataclass(frozen=True, slots=True)
class _Retry:
    """What is left out of the next attempt, and whether the endpoint said that it never takes it."""

    quirk: Quirk
    lasting: bool


async def ask(
    model: Model, messages: Sequence[BaseMessage], form: type[BaseModel] | None = None
) -> Completion:
    """Send a conversation and return the reply.

    Messages that say nothing get a text. What an endpoint refuses to take (a report of tokens in streams, a system
    role, roles that do not alternate, structured output) is sent in another way, from then on at once.

    Each call is reported to the meter of the node at work. A call that failed or was cancelled counts as one, with its
    prompt's tokens estimated: endpoints report nothing for it, and many charge for it.

    Args:
        model: whom to ask.
        messages: the conversation.
        form: what the reply is to fill in; a model that cannot is asked in the conversation's own words.

    Raises:
        ModelUnavailableError: the endpoint is down or overloaded.
        ModelRefusedError: the endpoint refused the request.
        ModelError: the endpoint gave no usable reply.
    """
    if not load_prices.cache_info().currsize:
        await asyncio.to_thread(load_prices)
    known, spent = known_quirks(model), Usage()
    retries: list[_Retry] = []
    while True:
        quirks = known | {retry.quirk for retry in retries}
        asked, sent = adapted(model, quirks), sendable(messages, quirks)
        filled = None if form is None or Quirk.NO_STRUCTURE in quirks else _filled_by(asked, form)
        start = time.perf_counter()
        try:
            reply = await (_converse(asked, sent) if filled is None else _fill(filled, sent))
        except BaseException as error:
            failed = _estimated(model, messages, time.perf_counter() - start)
            report(failed)
            failure = _failure_of(error)
            retry = _reason_to_retry(failure, quirks, structured=filled is not None)
            if retry is None:
                raise failure from failure.__cause__
            spent += failed
            retries.append(retry)
            _log.debug("%s refused %s; asking without: %s", _shown(model), retry.quirk, failure)
            continue
        if lasting := {retry.quirk for retry in retries if retry.lasting}:
            remember(model, lasting)
        done = completion(reply.message, time.perf_counter() - start, model_name(model))
        report(done.usage)
        return replace(done, usage=spent + done.usage, form=None if done.cut_off else reply.form)


def completion(message: AIMessage, seconds: float, model: str = "") -> Completion:
    """Read a chat model's message; ``model`` is the name that was asked, where the reply names none with a price."""
    return Completion(message.text, is_cut_off(message.response_metadata), usage_of(message, seconds, model))


def usage_of(message: AIMessage, seconds: float, model: str = "") -> Usage:
    """Read what a message cost; endpoints that report no tokens count as a call of zero tokens."""
    counted = message.usage_metadata
    if counted is None:
        return Usage(calls=1, seconds=seconds)
    cached = counted.get("input_token_details", {}).get("cache_read", 0)
    inputs, outputs = counted["input_tokens"], counted["output_tokens"]
    return Usage(
        calls=1,
        input_tokens=inputs,
        cached_tokens=cached,
        output_tokens=outputs,
        seconds=seconds,
        cost=_cost(str(message.response_metadata.get("model_name", "")), model, (inputs, cached, outputs)),
    )


def _cost(said: str, asked: str, tokens: tuple[int, int, int]) -> float:
    price = price_of(said) or price_of(asked)
    return price.of(*tokens) if price else 0.0


def _estimated(model: Model, messages: Sequence[BaseMessage], seconds: float) -> Usage:
    """Estimate what a call without a reply cost: one call, and the tokens of its prompt."""
    tokens = count_tokens_approximately(messages)
    return Usage(
        calls=1, input_tokens=tokens, seconds=seconds, cost=_cost("", model_name(model), (tokens, 0, 0))
    )


async def _converse(model: Model, messages: list[BaseMessage]) -> _Reply:
    return _Reply(_message(await model.ainvoke(messages)))


async def _fill(filled: Any, messages: list[BaseMessage]) -> _Reply:
    """Ask a model that is bound to a form."""
    try:
        result = await filled.ainvoke(messages)
    except Exception as error:
        if (message := _half_filled(error)) is None:
            raise
        return _Reply(message)
    raw = _message(result["raw"])
    whole = raw.tool_calls or _is_whole_json(raw.text)
    return _Reply(raw, result["parsed"] if whole else None)


def _message(given: Any) -> AIMessage:
    if not isinstance(given, AIMessage):
        raise ModelError(f"the model gave no message but {type(given).__name__}")
    return given


def _filled_by(model: Model, form: type[BaseModel]) -> Any:
    """Return the model bound to a form; None if it has no structured output."""
    bind: Any = getattr(model, "with_structured_output", None)
    try:
        return bind(form, include_raw=True) if bind is not None else None
    except (NotImplementedError, AttributeError, ValueError):
        return None


def _half_filled(error: Exception) -> AIMessage | None:
    """Return the reply that the OpenAI package raises as an error because it ended at a token limit."""
    if type(error).__name__ != "LengthFinishReasonError":
        return None
    given: Any = getattr(error, "completion", None)
    used: Any = getattr(given, "usage", None)
    inputs, outputs = (int(getattr(used, name, 0) or 0) for name in ("prompt_tokens", "completion_tokens"))
    return AIMessage(
        given.choices[0].message.content or "" if given and given.choices else "",
        usage_metadata={
            "input_tokens": inputs,
            "output_tokens": outputs,
            "total_tokens": inputs + outputs,
        },
        response_metadata={"finish_reason": "length", "model_name": str(getattr(given, "model", ""))},
    )


def _is_whole_json(text: str) -> bool:
    """False for a truncated form: LangChain's parsers complete it, and its missing half would go unseen."""
    inner = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        json.loads(inner, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _failure_of(error: BaseException) -> Exception:
    """Read an exception; a cancellation and the like goes on."""
    if not isinstance(error, Exception):
        raise error
    failure = read_failure(error)
    if failure is not error:
        failure.__cause__ = error
    return failure


def _reason_to_retry(failure: Exception, quirks: Collection[Quirk], *, structured: bool) -> _Retry | None:
    """Say what to leave out of the next attempt; None if nothing promises to help."""
    if not isinstance(failure, ModelError):
        return None
    said = sign_of(str(failure), structured=structured)
    if said is not None and said not in quirks:
        return _Retry(said, lasting=True)
    if structured and not isinstance(failure, ModelUnavailableError):
        # A refusal of this one request, or a form that cannot be read: plain words may pass, and the next form, too.
        return _Retry(Quirk.NO_STRUCTURE, lasting=False)
    return None


def _shown(model: Model) -> str:
    return model_name(model) or type(model).__name__
