"""Adapt requests to what an endpoint supports; the recorded conversation stays unchanged."""

from collections.abc import Collection, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables.base import RunnableBindingBase

from codesteer.models.characters import valid_texts
from codesteer.models.unsupported_features import UnsupportedFeature
from codesteer.replies.reasoning import strip_reasoning

NO_REPLY = "(no reply)"
"""Replaces an empty reply: many servers refuse assistant messages without content."""
NO_TEXT = "(empty message)"
BEGINNING = "(The conversation begins.)"
MAX_TOKENS_FIELDS = ("max_tokens", "max_output_tokens", "num_predict", "max_completion_tokens")
"""Fields in which chat models hold the maximum length of a reply."""


def adapt_messages(
    messages: Sequence[BaseMessage], unsupported: Collection[UnsupportedFeature]
) -> list[BaseMessage]:
    """Return the messages with valid texts, without empty ones and without what the endpoint does not support."""
    adapted = [_valid(_with_text(message)) for message in messages]
    if UnsupportedFeature.SYSTEM_ROLE in unsupported:
        adapted = _without_system_role(adapted)
    return _merge_roles(adapted) if UnsupportedFeature.REPEATED_ROLES in unsupported else adapted


def adapt_model(model: Any, unsupported: Collection[UnsupportedFeature]) -> Any:
    """Return the model without options that its endpoint does not support."""
    if UnsupportedFeature.STREAM_USAGE not in unsupported:
        return model
    return _with_fields(model, {"stream_usage": False}) or model


def with_max_tokens(model: Any, tokens: int) -> Any | None:
    """Return the model with this maximum number of tokens in a reply; None if it has no such field."""
    inner = model
    while isinstance(inner, RunnableBindingBase):
        inner = inner.bound
    field = next((name for name in MAX_TOKENS_FIELDS if hasattr(inner, name)), None)
    return None if field is None else _with_fields(model, {field: tokens})


def _with_fields(model: Any, fields: dict[str, Any]) -> Any | None:
    if isinstance(model, RunnableBindingBase):
        bound = _with_fields(model.bound, fields)
        return None if bound is None else model.model_copy(update={"bound": bound})
    if isinstance(model, BaseChatModel) and all(hasattr(model, name) for name in fields):
        return model.model_copy(update=fields)
    return None


def _with_text(message: BaseMessage) -> BaseMessage:
    """Give an empty message a text; reasoning alone counts as empty, because providers drop it."""
    if isinstance(message, AIMessage):
        is_empty = not (message.tool_calls or strip_reasoning(message.text).strip())
        return AIMessage(NO_REPLY) if is_empty else message
    if isinstance(message, ToolMessage) or message.text.strip() or _has_attachments(message):
        return message
    return type(message)(NO_TEXT) if isinstance(message, HumanMessage | SystemMessage) else message


def _valid(message: BaseMessage) -> BaseMessage:
    content = valid_texts(message.content)
    return message if content == message.content else message.model_copy(update={"content": content})


def _has_attachments(message: BaseMessage) -> bool:
    """Return whether a message has content blocks other than text, such as images or files."""
    blocks = message.content if isinstance(message.content, list) else []
    return any(isinstance(block, dict) and block.get("type") != "text" for block in blocks)


def _without_system_role(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Move the text of system messages to the beginning of the next human message."""
    moved: list[BaseMessage] = []
    instructions: list[str] = []
    for message in messages:
        if isinstance(message, SystemMessage):
            instructions.append(message.text)
        elif isinstance(message, HumanMessage) and instructions:
            moved.append(_merged(HumanMessage("\n\n".join(instructions)), message))
            instructions = []
        else:
            moved.append(message)
    return [*moved, HumanMessage("\n\n".join(instructions))] if instructions else moved


def _merge_roles(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Merge consecutive messages of one role; the first message after system messages is a human one."""
    merged: list[BaseMessage] = []
    for message in messages:
        mergeable = type(message) in (HumanMessage, SystemMessage) or _is_plain_reply(message)
        if merged and mergeable and type(merged[-1]) is type(message) and not _calls_tools(merged[-1]):
            merged[-1] = _merged(merged[-1], message)
        else:
            if isinstance(message, AIMessage) and (not merged or isinstance(merged[-1], SystemMessage)):
                merged.append(HumanMessage(BEGINNING))
            merged.append(message)
    return merged


def _merged(first: BaseMessage, second: BaseMessage) -> BaseMessage:
    if isinstance(first.content, str) and isinstance(second.content, str):
        return type(first)(f"{first.content}\n\n{second.content}")
    return type(first)([*_content_blocks(first), *_content_blocks(second)])


def _content_blocks(message: BaseMessage) -> list[Any]:
    content = message.content
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _is_plain_reply(message: BaseMessage) -> bool:
    return type(message) is AIMessage and not message.tool_calls


def _calls_tools(message: BaseMessage) -> bool:
    return isinstance(message, AIMessage) and bool(message.tool_calls)
