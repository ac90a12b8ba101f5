"""The conversation before the question, put into words for a guide's model."""

from collections.abc import Sequence

from langchain_core.messages import BaseMessage

from codesteer.guides.evidence import clip
from codesteer.guides.quoting import Quoter
from codesteer.prompts.loader import render

MESSAGE_LENGTH = 1500
MESSAGES = 10
"""Of a long conversation the guide sees the last messages only."""
SPEAKERS = {"human": "user", "ai": "assistant"}


def describe_history(messages: Sequence[BaseMessage]) -> str:
    """Return the last messages of the conversation, long ones cut in the middle; empty where there are none."""
    said = [(SPEAKERS.get(message.type, message.type), message.text.strip()) for message in messages]
    shown = [(speaker, clip(text, MESSAGE_LENGTH)) for speaker, text in said if text][-MESSAGES:]
    if not shown:
        return ""
    quoter = Quoter.for_texts(text for _, text in shown)
    quoted = "\n".join(quoter.quote(speaker, text) for speaker, text in shown)
    return render("guide/history", tag=quoter.tag, messages=quoted)
