"""What is sent to a chat model in place of what it would refuse; the record of the run stays as it was."""

from collections.abc import Collection, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables.base import RunnableBindingBase

from codesteer.models.quirks import Quirk
from codesteer.replies.thoughts import without_thoughts

NO_REPLY = "(no reply)"
"""Stands for an empty reply: many servers refuse an assistant message without content."""
NO_TEXT = "(empty message)"
BEGINNING = "(The conversation begins.)"
ROOMS = ("max_tokens", "max_output_tokens", "num_predict", "max_completion_tokens")
"""Fields under which chat models keep the length that a reply may have."""


def sendable(messages: Sequence[BaseMessage], quirks: Collection[Quirk]) -> list[BaseMessage]:
    """Return the messages as the endpoint takes them: none empty, and without what it was seen to refuse."""
    sent = [_filled(message) for message in messages]
    if Quirk.NO_SYSTEM_ROLE in quirks:
        sent = _without_system(sent)
    return _alternating(sent) if Quirk.ALTERNATING in quirks else sent


def adapted(model: Any, quirks: Collection[Quirk]) -> Any:
    """Return the model without the options that its endpoint was seen to refuse."""
    if Quirk.NO_STREAM_USAGE not in quirks:
        return model
    return _changed(model, {"stream_usage": False}) or model


def roomier(model: Any, tokens: int) -> Any | None:
    """Return the model with room for replies of so many tokens; None if it cannot be told."""
    inner = model
    while isinstance(inner, RunnableBindingBase):
        inner = inner.bound
    room = next((name for name in ROOMS if hasattr(inner, name)), None)
    return None if room is None else _changed(model, {room: tokens})


def _changed(model: Any, fields: dict[str, Any]) -> Any | None:
    if isinstance(model, RunnableBindingBase):
        bound = _changed(model.bound, fields)
        return None if bound is None else model.model_copy(update={"bound": bound})
    if isinstance(model, BaseChatModel) and all(hasattr(model, name) for name in fields):
        return model.model_copy(update=fields)
    return None


def _filled(message: BaseMessage) -> BaseMessage:
    """Give a message that says nothing a text; thoughts alone, which providers drop, say nothing."""
    if isinstance(message, AIMessage):
        empty = not (message.tool_calls or without_thoughts(message.text).strip())
        return AIMessage(NO_REPLY) if empty else message
    if isinstance(message, ToolMessage) or message.text.strip() or _holds_more(message):
        return message
    return type(message)(NO_TEXT) if isinstance(message, HumanMessage | SystemMessage) else message


def _holds_more(message: BaseMessage) -> bool:
    """True for images, files and the like."""
    blocks = message.content if isinstance(message.content, list) else []
    return any(isinstance(block, dict) and block.get("type") != "text" for block in blocks)


def _without_system(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Put what system messages say before the human message that follows."""
    sent: list[BaseMessage] = []
    orders: list[str] = []
    for message in messages:
        if isinstance(message, SystemMessage):
            orders.append(message.text)
        elif isinstance(message, HumanMessage) and orders:
            sent.append(_joined(HumanMessage("\n\n".join(orders)), message))
            orders = []
        else:
            sent.append(message)
    return [*sent, HumanMessage("\n\n".join(orders))] if orders else sent


def _alternating(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Join messages of one role in a row; the first after system messages is a human one."""
    sent: list[BaseMessage] = []
    for message in messages:
        joinable = type(message) in (HumanMessage, SystemMessage) or _is_plain_reply(message)
        if sent and joinable and type(sent[-1]) is type(message) and not _calls_tools(sent[-1]):
            sent[-1] = _joined(sent[-1], message)
        else:
            if isinstance(message, AIMessage) and (not sent or isinstance(sent[-1], SystemMessage)):
                sent.append(HumanMessage(BEGINNING))
            sent.append(message)
    return sent


def _joined(one: BaseMessage, other: BaseMessage) -> BaseMessage:
    if isinstance(one.content, str) and isinstance(other.content, str):
        return type(one)(f"{one.content}\n\n{other.content}")
    return type(one)([*_blocks(one), *_blocks(other)])


def _blocks(message: BaseMessage) -> list[Any]:
    content = message.content
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _is_plain_reply(message: BaseMessage) -> bool:
    return type(message) is AIMessage and not message.tool_calls


def _calls_tools(message: BaseMessage) -> bool:
    return isinstance(message, AIMessage) and bool(message.tool_calls)
