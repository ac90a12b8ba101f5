"""Describe the conversation before the question to a guide's model."""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage

from codesteer.guides.delimiters import Delimiter
from codesteer.guides.truncation import truncate_middle
from codesteer.models.message_text import joined_text
from codesteer.prompts.loader import render

SHOWN_MESSAGE_LENGTH = 1500
SHOWN_MESSAGES = 10
"""How many messages the guide sees; older ones are left out."""
ROLE_LABELS = {"human": "user", "ai": "assistant"}


def describe_history(messages: Sequence[BaseMessage]) -> str:
    """Return the last messages, long ones truncated; empty if there are none."""
    labelled = [(ROLE_LABELS.get(message.type, message.type), _text(message).strip()) for message in messages]
    shown = [(role, truncate_middle(text, SHOWN_MESSAGE_LENGTH)) for role, text in labelled if text]
    shown = shown[-SHOWN_MESSAGES:]
    if not shown:
        return ""
    delimiter = Delimiter.for_texts(text for _, text in shown)
    wrapped = "\n".join(delimiter.wrap(role, text) for role, text in shown)
    return render("guide/history", tag=delimiter.suffix, messages=wrapped)


def _text(message: BaseMessage) -> str:
    return message.text if isinstance(message, AIMessage) else joined_text(message)
