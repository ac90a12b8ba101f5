"""Forks a finished run at a turn, from its checkpoint, and runs it on with another decision."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace as changed
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import StateSnapshot

from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.routing import WRITERS
from codesteer.graph.state import State, history, question_message, require_current
from codesteer.graph.workflow import CompiledGraph
from codesteer.guides.decision import Action, Decision, Mode, Situation
from codesteer.prompts.loader import fill, render
from codesteer.replay.branch import Replay, branch
from codesteer.replay.kept import HereKept, Kept, Part, ServerKept, kept_context

GUIDE = "replay"
"""The guide's name in a forced decision."""
Watch = Callable[[Part], None]


async def replay(
    graph: CompiledGraph | RemoteGraph,
    thread: str,
    *,
    turn: int,
    mode: Mode | None = None,
    guidance: str | None = None,
    context: Context | None = None,
    watch: Watch | None = None,
) -> Replay:
    """Fork a finished run before a turn, force another decision, run on, and return both branches.

    The run itself stays as it is: its fork goes on a thread of its own, with the place where it comes from in the
    metadata of its checkpoints.

    Args:
        graph: compiled with the checkpointer that has the run, or a ``RemoteGraph`` of the server that has it.
        thread: the run's thread; its last question is replayed.
        turn: which decision is forced, from 1; the number after the last turn's makes the run go on.
        mode: how the task model is to answer; None: as the guide decided.
        guidance: what it is told; None: what the guide said, or a general line where the mode changes.
        context: the configuration; None: the one kept with the run, else the defaults. Nobody is asked to review.
        watch: is given each part of the fork's stream (modes ``custom`` and ``values``, version 2).

    Raises:
        ConfigurationError: no such thread or turn, an unfinished run, a run of another version of codesteer, or a
            decision that is none.
        ModelError: a model cannot be asked.
        SandboxError: the sandbox itself failed.
        ServerError: the server cannot be asked, or says that a model or the sandbox failed.
    """
    kept: Kept = ServerKept(graph) if isinstance(graph, RemoteGraph) else HereKept(graph)
    last = await _finished(kept, thread)
    before = await _before(kept, last, thread, turn)
    context = (context or kept_context(last) or Context()).model_copy(update={"review": ()})
    forced = force(before.values["decision"], before.values["turns"], mode, guidance)
    origin: RunnableConfig = {
        "metadata": {
            "replay_of": thread,
            "replay_checkpoint": before.config["configurable"]["checkpoint_id"],
            "replay_turn": turn,
        }
    }
    fork = await kept.fork(before, forced, origin)
    values: Part = {}
    async for part in kept.go_on(fork, context):
        if watch is not None:
            watch(part)
        if part["type"] == "values":
            values = part["data"]
    return Replay(
        situation=_situation(before.values, context),
        turn=turn,
        original=branch(thread, before.values["decision"], last.values),
        other=branch(str(fork["configurable"]["thread_id"]), forced, values),
    )


def force(decided: Decision, turns: list[Any], mode: Mode | None, guidance: str | None) -> Decision:
    """Return the decision to put in a decision's place; raises ConfigurationError if it is the same one.

    It counts as having cost what the guide's own decision cost, so that the branches' accounts can be compared.
    """
    if mode is None and guidance is None:
        raise ConfigurationError("nothing is changed: give a mode, guidance, or both")
    action = decided.action if decided.action.goes_on else Action.IMPROVE
    if mode is not None and (mode is not decided.mode or not turns or not decided.action.goes_on):
        action = Action(mode)
    wanted = mode or decided.mode
    if guidance is None:
        guidance = _general_guidance(wanted, turns) if action is not decided.action else decided.guidance
    if (action, wanted, guidance) == (decided.action, decided.mode, decided.guidance):
        raise ConfigurationError(
            f"nothing is changed: the guide itself decided on {wanted}, with that guidance; "
            "give another mode or other guidance"
        )
    return changed(
        decided,
        action=action,
        mode=wanted,
        guidance=guidance,
        reason="forced in a replay",
        guide=GUIDE,
        fallback="",
    )


async def _finished(kept: Kept, thread: str) -> StateSnapshot:
    snapshot = await kept.last(thread)
    if snapshot is None or "question_key" not in snapshot.values:
        raise ConfigurationError(f"no run is kept on a thread {thread!r}")
    require_current(cast(State, snapshot.values))
    if snapshot.next:
        raise ConfigurationError(
            f"the run on thread {thread!r} is not finished (next: {', '.join(snapshot.next)}); resume it first"
        )
    return snapshot


async def _before(kept: Kept, last: StateSnapshot, thread: str, turn: int) -> StateSnapshot:
    """Return the checkpoint after the guide decided on a turn and before anything came of it."""
    made = len(last.values["turns"])
    if not 1 <= turn <= made + 1:
        raise ConfigurationError(
            f"there is no turn {turn}: the run on thread {thread!r} has turns 1 to {made}; "
            f"{made + 1} makes it go on"
        )
    replayed = last.values["turns"][turn - 1] if turn <= made else None
    if replayed is not None and replayed.candidate:
        raise ConfigurationError(
            f"turn {turn} is candidate {replayed.candidate + 1} of the decision before turn "
            f"{turn - replayed.candidate}; give that turn"
        )
    candidates = []
    async for snapshot in _way_to(last, kept, thread):
        values = snapshot.values
        if values.get("question_key") != last.values["question_key"]:
            continue
        if len(values["turns"]) == turn - 1 and (_writes(snapshot) or snapshot.next == ("finish",)):
            candidates.append(snapshot)
    # A turn that failed half-way leads to the end with as many turns as before it; its decision came first.
    candidates.sort(key=lambda snapshot: not _writes(snapshot))
    if not candidates:
        raise ConfigurationError(
            f"thread {thread!r} keeps no checkpoint before turn {turn}: it ran with durability 'exit', "
            "or its history was deleted"
        )
    return candidates[0]


async def _way_to(last: StateSnapshot, kept: Kept, thread: str) -> AsyncIterator[StateSnapshot]:
    """Yield the checkpoints that led to the last one: a forked thread also has those of other ways."""
    wanted = last.config["configurable"]["checkpoint_id"]
    async for snapshot in kept.history(thread):
        if snapshot.config["configurable"]["checkpoint_id"] == wanted:
            yield snapshot
            wanted = ((snapshot.parent_config or {}).get("configurable") or {}).get("checkpoint_id")


def _writes(snapshot: StateSnapshot) -> bool:
    """Whether the next thing is that an answer is written."""
    return bool(snapshot.next) and set(snapshot.next) <= set(WRITERS.values())


def _general_guidance(mode: Mode, turns: list[Any]) -> str:
    return render(f"replay/{mode}") if turns else ""


def _situation(values: Mapping[str, Any], context: Context) -> Situation:
    turns = values["turns"]
    return Situation(
        question=question_message(cast(State, values)).text,
        history=history(cast(State, values)),
        attempts=tuple(turns),
        turns_left=max(0, context.max_turns - len(turns)),
        instructions=fill(context.guide_prompt),
    )
