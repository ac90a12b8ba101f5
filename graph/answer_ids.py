"""Ids of the messages that answer a question: by them another answer replaces the one before."""

from collections.abc import Sequence
from itertools import count

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

OUTCOME = "outcome"
"""The key of an answer's metadata that says how its run ended."""


def answer_id(question: HumanMessage, node: str = "") -> str:
    """Return the id of a question's first answer.

    Args:
        question: the question's message.
        node: the outer graph's node whose answer it is; nodes side by side answer the same question.
    """
    return "-".join(filter(None, [f"{question.id}-answer", node]))


def is_answer_to(message: AnyMessage, question: HumanMessage) -> bool:
    """Return whether a message is this graph's answer to a question, in any node.

    Others may number what they found for the question, too: a longer id alone does not make an answer.
    """
    first, found = answer_id(question), str(message.id)
    own = found == first or (found.startswith(f"{first}-") and OUTCOME in message.response_metadata)
    return isinstance(message, AIMessage) and own


def next_answer_id(messages: Sequence[AnyMessage], question: HumanMessage, node: str = "") -> str:
    """Return the id for another answer: that of the node's last one, which it replaces, or a new one.

    An answer that somebody has replied to stays: what follows it would make no sense without it.

    Args:
        messages: the conversation.
        question: its question.
        node: as for ``answer_id``.
    """
    first = answer_id(question, node)
    taken = [str(message.id) for message in messages]
    open_to_replacement = {str(message.id) for message in trailing_answers(messages, question)}
    numbered = (first if number == 1 else f"{first}-{number}" for number in count(1))
    return next(one for one in numbered if one not in taken or one in open_to_replacement)


def trailing_answers(messages: Sequence[AnyMessage], question: HumanMessage) -> Sequence[AnyMessage]:
    """Return the question's answers at the end of the conversation; instructions in between do not count."""
    said = [message for message in messages if not isinstance(message, SystemMessage)]
    others = [place for place, message in enumerate(said, 1) if not is_answer_to(message, question)]
    return said[max(others, default=0) :]
