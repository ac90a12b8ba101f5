"""The question that a guide's conversation is about, from its messages alone."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

ID_LENGTH = 16


def asked_message(conversation: Sequence[Mapping[str, Any]]) -> str:
    """Return the message that asks the question: the user's first one, or the first of any role."""
    first = next((message for message in conversation if message["role"] == "user"), conversation[0])
    return str(first["content"])


def question_id(conversation: Sequence[Mapping[str, Any]]) -> str:
    """Return an id of the question for conversations of unknown origin; spacing does not count."""
    words = " ".join(asked_message(conversation).split())
    return f"asked/{hashlib.sha256(words.encode(errors='surrogatepass')).hexdigest()[:ID_LENGTH]}"
