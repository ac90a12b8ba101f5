"""What the task model was sent before each turn, rebuilt from a run's record as the graph built it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, cast

from langchain_core.messages import BaseMessage

from codesteer.experience.recall import RecalledExample
from codesteer.graph.context import Context
from codesteer.graph.history import history
from codesteer.graph.input_files import question_text
from codesteer.graph.state import State, Turn, own_turns
from codesteer.graph.values import read_state
from codesteer.guides.attempt import waves
from codesteer.guides.history import ROLE_LABELS
from codesteer.nodes.runtime import EMBEDDED_MODEL
from codesteer.nodes.task_messages import task_messages
from codesteer.prompts.loader import prompt_overrides


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message of a conversation."""

    role: str
    text: str


def prompts_sent(
    values: Mapping[str, Any], context: Context, packages: Sequence[str]
) -> list[list[SentMessage]]:
    """Return the conversation before each turn, without requests to continue or shorten a truncated reply.

    It is empty for a remembered program, which the task model was not asked for.

    Args:
        values: the state of the run, finished or not.
        context: its settings.
        packages: the packages that the sandbox offered.
    """
    state = cast(State, read_state(values))
    known = state.get("experience")
    example = known.example if known and context.task_model != EMBEDDED_MODEL else None
    with prompt_overrides(context.all_prompts):
        return list(
            chain.from_iterable(
                _of_wave(state, cast(Sequence[Turn], wave), packages, example)
                for wave in waves(state["turns"])
            )
        )


def _of_wave(
    state: State, wave: Sequence[Turn], packages: Sequence[str], example: RecalledExample | None
) -> list[list[SentMessage]]:
    """All candidates of a wave see the turns before it; only the first one's decision says whether they start over."""
    if wave[0].recalled is not None:
        return [[]]
    before = own_turns(state["turns"][: wave[0].number - 1])
    question, starts_over = question_text(state), wave[0].decision.start_over
    decisions = (replace(turn.decision, start_over=starts_over) for turn in wave)
    return [
        [
            _message(one)
            for one in task_messages(history(state), question, before, decision, packages, example)
        ]
        for decision in decisions
    ]


def _message(message: BaseMessage) -> SentMessage:
    return SentMessage(ROLE_LABELS.get(message.type, message.type), message.text)
