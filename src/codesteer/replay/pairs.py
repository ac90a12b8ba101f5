"""Preference pairs from replays, in the format of DPO trainers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from langchain_core.messages import convert_to_openai_messages

from codesteer.guides.asked_question import question_id
from codesteer.guides.chat_model import decision_text, guide_messages
from codesteer.guides.decision import Decision
from codesteer.replay.branch import Replay

Judge = Callable[[str], bool]
"""Returns whether an answer is right."""


def preference_pair(replay: Replay, judge: Judge, **metadata: Any) -> dict[str, Any] | None:
    """Return a row that prefers the decision with the right answer; None if both or neither are right.

    None also if a failure of a model or the sandbox disturbed a branch: its answer is not what its decision led to.

    The row has ``prompt`` (the conversation as the guide sees it), ``chosen`` and ``rejected`` (one message each), all
    as lists of messages with role and content, an id of the question, and its origin.

    Args:
        replay: both branches.
        judge: returns whether an answer is right.
        metadata: added to the row unchanged, for example the question's own id and its task.
    """
    if replay.original.is_disturbed or replay.other.is_disturbed:
        return None
    original, other = judge(replay.original.answer), judge(replay.other.answer)
    if original == other:
        return None
    better, worse = (replay.original, replay.other) if original else (replay.other, replay.original)
    prompt = convert_to_openai_messages(guide_messages(replay.guide_input))
    return {
        "prompt": prompt,
        "chosen": [_message(better.decision)],
        "rejected": [_message(worse.decision)],
        "question": question_id(prompt),
        "source": "replay",
        "turn": replay.turn,
        "threads": {"chosen": better.thread, "rejected": worse.thread},
        **metadata,
    }


def _message(decision: Decision) -> dict[str, str]:
    # A forced decision has no reason from the guide; with reasons, these would tell the two apart.
    return {"role": "assistant", "content": decision_text(replace(decision, reason=""))}
