"""Request structured output from a chat model, whatever wraps it, and read what came back."""

import json
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableParallel, RunnableSequence
from langchain_core.runnables.base import RunnableBindingBase
from pydantic import BaseModel


def with_schema(model: Any, schema: type[BaseModel]) -> Any:
    """Return the model with structured output; None if it has none, or if its wrappers would be lost.

    LangChain forwards the request through a binding to the model inside; here the binding's options, configuration
    and retries stay around the call.
    """
    wrappers, inner = [], model
    while isinstance(inner, RunnableBindingBase):
        wrappers.append(inner)
        inner = inner.bound
    try:
        structured = inner.with_structured_output(schema, include_raw=True)
        return _wrapped(structured, wrappers) if wrappers else structured
    except Exception:
        return None


def _wrapped(structured: Any, wrappers: list[RunnableBindingBase[Any, Any]]) -> Any:
    """Put the wrappers around the model's call, the first step of what LangChain builds; None if it is not there."""
    first = structured.first if isinstance(structured, RunnableSequence) else None
    steps = first.steps__ if isinstance(first, RunnableParallel) else {}
    if "raw" not in steps:
        return None
    call: Any = steps["raw"]
    for wrapper in reversed(wrappers):
        call = wrapper.model_copy(update={"bound": call})
    return structured.model_copy(update={"first": RunnableParallel({**steps, "raw": call})})


def parsed_output(result: Any) -> tuple[Any, BaseModel | None]:
    """Return the message and the parsed object of a structured call; None for an object that is incomplete.

    A message without text gets that of its tool call, so that what the schema refuses can still be read as text.
    """
    raw, parsed = result["raw"], result["parsed"]
    if not isinstance(raw, AIMessage):
        return raw, None
    is_complete = bool(raw.tool_calls) or _is_complete_json(raw.text)
    if parsed is None and not raw.text.strip() and (arguments := _arguments(raw)):
        return raw.model_copy(update={"content": arguments}), None
    return raw, parsed if is_complete else None


def truncated_message(error: Exception) -> AIMessage | None:
    """Return the reply inside the error that the OpenAI package raises for truncated structured output."""
    if type(error).__name__ != "LengthFinishReasonError":
        return None
    completion: Any = getattr(error, "completion", None)
    usage: Any = getattr(completion, "usage", None)
    inputs, outputs = (int(getattr(usage, name, 0) or 0) for name in ("prompt_tokens", "completion_tokens"))
    return AIMessage(
        completion.choices[0].message.content or "" if completion and completion.choices else "",
        usage_metadata={
            "input_tokens": inputs,
            "output_tokens": outputs,
            "total_tokens": inputs + outputs,
        },
        response_metadata={"finish_reason": "length", "model_name": str(getattr(completion, "model", ""))},
    )


def _arguments(message: AIMessage) -> str:
    """Return the arguments of a message's last tool call as JSON; empty if it calls none."""
    if message.tool_calls:
        return json.dumps(message.tool_calls[-1]["args"])
    return str(message.invalid_tool_calls[-1]["args"] or "") if message.invalid_tool_calls else ""


def _is_complete_json(text: str) -> bool:
    """Detect truncated JSON, which LangChain's parsers would silently complete."""
    inner = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        json.loads(inner, strict=False)
    except (ValueError, RecursionError):
        return False
    return True
