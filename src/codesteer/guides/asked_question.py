"""The question that a guide's conversation is about, from its messages alone."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from codesteer.prompts.loader import render

ID_LENGTH = 16


def asked_message(conversation: Sequence[Mapping[str, Any]]) -> str:
    """Return the message that asks the question: the user's first one, or the first of any role."""
    first = next((message for message in conversation if message["role"] == "user"), conversation[0])
    return str(first["content"])


def asked_question(conversation: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the text of the question, without what else the guide was told; None in a prompt of another form."""
    before, after = _frame()
    message = asked_message(conversation)
    # The last mark begins the question, as what was told before may hold marks, too; where nothing was, the first does.
    start = 0 if message.startswith(before) else message.rfind(before)
    question, end, _ = message[start + len(before) :].rpartition(after)
    return question if start >= 0 and end else None


def question_id(conversation: Sequence[Mapping[str, Any]]) -> str:
    """Return an id of the question for conversations of unknown origin; spacing does not count."""
    asked = asked_question(conversation)
    words = " ".join((asked_message(conversation) if asked is None else asked).split())
    return f"asked/{hashlib.sha256(words.encode(errors='surrogatepass')).hexdigest()[:ID_LENGTH]}"


@lru_cache(maxsize=1)
def _frame() -> tuple[str, str]:
    """Return what stands before and after the question in a guide's first message."""
    before, _, after = render("guide/first", history="", question="\0").partition("\0")
    return before.lstrip(), after.rstrip()
