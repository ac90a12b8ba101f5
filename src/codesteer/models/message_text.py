"""The text of a person's or a tool's message, which may come in several parts."""

import json
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import BaseMessage


def joined_text(message: BaseMessage) -> str:
    """Return a message's text, each part on lines of its own.

    LangChain's ``text`` joins parts without a separator, which is right for a model's reply and turns "7" and "5" of a
    person into 75.
    """
    if isinstance(message.content, str):
        return message.content
    parts = (part if isinstance(part, str) else _text(part) for part in message.content)
    return "\n".join(filter(None, parts))


def _text(part: dict[str, object]) -> str:
    text = part.get("text") if part.get("type") == "text" else None
    return text if isinstance(text, str) else ""


def described_text(message: BaseMessage) -> str:
    """Return a tool's result as text: its texts, its data as JSON, and in place of each image and the like its type."""
    if isinstance(message.content, str):
        return message.content
    return "\n".join(filter(None, map(_described, _blocks(message))))


def _blocks(message: BaseMessage) -> list[Mapping[str, Any]]:
    try:
        return list(message.content_blocks)
    except (AttributeError, KeyError, TypeError, ValueError):  # LangChain cannot read a malformed block
        return [
            part if isinstance(part, dict) else {"type": "text", "text": part} for part in message.content
        ]


def _described(block: Mapping[str, Any]) -> str:
    if isinstance(block.get("text"), str):
        return str(block["text"])
    wrapped = block.get("value") if block.get("type") == "non_standard" else None
    if not isinstance(wrapped, dict) or wrapped.get("type") == "media":
        return f"[{(wrapped or block).get('type', 'data')}]"
    return json.dumps(wrapped.get(str(wrapped.get("type")), wrapped), ensure_ascii=False, default=str)
