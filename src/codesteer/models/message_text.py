"""The text of a person's message, which may come in several parts."""

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
