"""Fork a finished run at a turn and rerun it with another decision."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace as changed
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import StateSnapshot

from codesteer.errors import CodeSteerError, ConfigurationError, ModelError, ServerError
from codesteer.experience.recall import Recall
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context
from codesteer.graph.history import conversation
from codesteer.graph.routing import WRITER_NODES
from codesteer.graph.state import (
    State,
    bare_question,
    has_record_of_question,
    own_turns,
    recalled_turn,
    require_state_version,
)
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.prompts.loader import fill, render
from codesteer.replay.branch import Replay, read_branch
from codesteer.replay.run_store import LocalRunStore, RunStore, ServerRunStore, StreamPart, stored_context

GUIDE = "replay"
"""The guide's name in a forced decision."""
OnPart = Callable[[StreamPart], None]


async def replay(
    graph: CompiledGraph | RemoteGraph,
    thread: str,
    *,
    turn: int,
    question: int | None = None,
    mode: Mode | None = None,
    guidance: str | None = None,
    context: Context | None = None,
    on_part: OnPart | None = None,
) -> Replay:
    """Fork a finished run before a turn, force another decision, run to the end, and return both branches.

    The run itself is not changed: its fork gets a new thread, with its origin in the metadata of its checkpoints.

    Args:
        graph: a graph compiled with the run's checkpointer, or a ``RemoteGraph`` of the run's server.
        thread: the run's thread.
        turn: the turn whose decision is forced, from 1; the number after the last turn continues the run.
        question: the number of the question on the thread, from 1; None for the last one.
        mode: the mode of the answer; None for the guide's choice.
        guidance: the guidance; None for the guide's own, or a general text if the mode changes.
        context: the configuration; None for the run's own. Reviews are disabled, and nothing is learnt.
        on_part: called with each part of the fork's stream (modes ``custom`` and ``values``, version 2).

    Raises:
        ConfigurationError: no such thread, question or turn, an unfinished run, a run of another version of
            codesteer, or an unchanged decision.
        ModelError: a model failed; once the fork has an answer, also if the sandbox did.
        SandboxError: the sandbox failed.
        ServerError: the server, or a model or the sandbox on it, failed.
    """
    store: RunStore = ServerRunStore(graph) if isinstance(graph, RemoteGraph) else LocalRunStore(graph)
    last = await finished_run(store, thread, question)
    before = await _checkpoint_before(store, last, thread, turn)
    context = (context or stored_context(last)).model_copy(update={"review": (), "learn": False})
    forced = force_decision(before.values["decision"], own_turns(before.values["turns"]), mode, guidance)
    origin: RunnableConfig = {
        "metadata": {
            "replay_of": thread,
            "replay_checkpoint": before.config["configurable"]["checkpoint_id"],
            "replay_turn": turn,
        }
    }
    fork = await store.fork(before, forced, context, origin)
    values: StreamPart = {}
    async for part in store.resume(fork, context):
        if on_part is not None:
            on_part(part)
        if part["type"] == "values":
            values = part["data"]
    if values.get("outcome") == "failed":
        failure: type[CodeSteerError] = ServerError if isinstance(graph, RemoteGraph) else ModelError
        raise failure(f"the replay failed, so its answer says nothing: {values.get('failure') or 'unknown'}")
    return Replay(
        guide_input=_guide_input(before.values, context),
        turn=turn,
        original=read_branch(thread, before.values["decision"], last.values),
        other=read_branch(str(fork["configurable"]["thread_id"]), forced, values),
    )


def force_decision(decided: Decision, turns: list[Any], mode: Mode | None, guidance: str | None) -> Decision:
    """Return the decision to force; raise ConfigurationError if it equals the original one.

    It keeps the cost of the guide's own decision, so that the branches' costs can be compared.
    """
    if mode is None and guidance is None:
        raise ConfigurationError("nothing changes: set a mode, guidance, or both")
    action = decided.action if decided.action.continues else Action.IMPROVE
    if mode is not None and (mode is not decided.mode or not turns or not decided.action.continues):
        action = Action(mode)
    wanted = mode or decided.mode
    if guidance is None:
        guidance = _general_guidance(wanted, turns) if action is not decided.action else decided.guidance
    if (action, wanted, guidance) == (decided.action, decided.mode, decided.guidance):
        raise ConfigurationError(
            f"nothing changes: the guide already chose {wanted} with this guidance; set another mode or other guidance"
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


async def finished_run(store: RunStore, thread: str, question: int | None) -> StateSnapshot:
    """Return the last state of a question's run; None for the last question.

    Raises:
        ConfigurationError: no such thread or question, an unfinished run, or one of another version of codesteer.
    """
    snapshot = await store.latest_state(thread)
    if snapshot is None or "question_key" not in snapshot.values:
        raise ConfigurationError(f"no run on thread {thread!r}")
    if question is not None:
        snapshot = await _last_of_question(snapshot, store, thread, question)
    require_state_version(cast(State, snapshot.values))
    if snapshot.next:
        raise ConfigurationError(
            f"the run on thread {thread!r} is not finished (next: {', '.join(snapshot.next)}); resume it first"
        )
    return snapshot


async def _last_of_question(
    latest: StateSnapshot, store: RunStore, thread: str, question: int
) -> StateSnapshot:
    """Return the last checkpoint of a question's run; those that only add the next question do not count."""
    last: dict[str, StateSnapshot] = {}
    async for snapshot in _ancestors(latest, store, thread):
        key = snapshot.values.get("question_key")
        if key is not None and START not in snapshot.next and has_record_of_question(snapshot.values):
            last.setdefault(key, snapshot)
    in_order = list(reversed(last.values()))
    if not 1 <= question <= len(in_order):
        raise ConfigurationError(f"no question {question}: thread {thread!r} has {len(in_order)}")
    return in_order[question - 1]


async def _checkpoint_before(store: RunStore, last: StateSnapshot, thread: str, turn: int) -> StateSnapshot:
    """Return the checkpoint right after the guide's decision on a turn."""
    made = len(last.values["turns"])
    if not 1 <= turn <= made + 1:
        raise ConfigurationError(
            f"no turn {turn}: the run on thread {thread!r} has turns 1 to {made}; {made + 1} continues it"
        )
    replayed = last.values["turns"][turn - 1] if turn <= made else None
    if replayed is not None and replayed.recalled is not None:
        raise ConfigurationError(
            f"turn {turn} is a remembered program, which no guide decided; use turn {turn + 1}"
        )
    if replayed is not None and replayed.candidate:
        raise ConfigurationError(
            f"turn {turn} is candidate {replayed.candidate + 1} of the decision before turn "
            f"{turn - replayed.candidate}; use that turn"
        )
    candidates = []
    async for snapshot in _ancestors(last, store, thread):
        values = snapshot.values
        if values.get("question_key") != last.values["question_key"]:
            continue
        if len(values["turns"]) == turn - 1 and (_writes_next(snapshot) or snapshot.next == ("finish",)):
            candidates.append(snapshot)
    # A turn that failed midway ends the run without adding a turn; its decision came first.
    candidates.sort(key=lambda snapshot: not _writes_next(snapshot))
    if not candidates:
        raise ConfigurationError(
            f"thread {thread!r} has no checkpoint before turn {turn}: it ran with durability 'exit', "
            "or its history was deleted"
        )
    return candidates[0]


async def _ancestors(last: StateSnapshot, store: RunStore, thread: str) -> AsyncIterator[StateSnapshot]:
    """Yield the checkpoints that led to the last one: a forked thread has other branches too."""
    wanted = last.config["configurable"]["checkpoint_id"]
    async for snapshot in store.history(thread):
        if snapshot.config["configurable"]["checkpoint_id"] == wanted:
            yield snapshot
            wanted = ((snapshot.parent_config or {}).get("configurable") or {}).get("checkpoint_id")


def _writes_next(snapshot: StateSnapshot) -> bool:
    """Whether a writer node is next."""
    return bool(snapshot.next) and set(snapshot.next) <= set(WRITER_NODES.values())


def _general_guidance(mode: Mode, turns: list[Any]) -> str:
    return render(f"replay/{mode}") if turns else ""


def _guide_input(values: Mapping[str, Any], context: Context) -> GuideInput:
    own = own_turns(values["turns"])
    return GuideInput(
        question=bare_question(cast(State, values)),
        history=conversation(cast(State, values)),
        attempts=tuple(own),
        recalled=recalled_turn(values["turns"]),
        plans=values.get("experience", Recall()).plans,
        turns_left=max(0, context.max_turns - len(own)),
        instructions=fill(context.guide_prompt),
    )
