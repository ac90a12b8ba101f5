"""A method as an Inspect solver: Inspect calls the model, our graph steers, our sandbox runs programs."""

from collections.abc import Mapping
from typing import Any

from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser, ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver
from langchain_core.messages import HumanMessage
from langgraph.graph.state import CompiledStateGraph

from codesteer.errors import CodeSteerError, ConfigurationError, ModelError
from codesteer.evals.engine.given_store import store_of
from codesteer.evals.engine.inspect_model import InspectChatModel
from codesteer.evals.engine.provider import inspect_name
from codesteer.evals.engine.request_limit import own_request_limit
from codesteer.evals.methods.registry import Method, load_method
from codesteer.evals.record import RECORD_KEY, TOKENS_ALLOWED_KEY, run_record, to_json
from codesteer.graph.context import Context
from codesteer.graph.state import Turn
from codesteer.graph.values import read_state
from codesteer.guides.attempt import lost_candidates
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.guides.evidence import describe_execution
from codesteer.guides.factory import resolve_guide
from codesteer.guides.port import Guide
from codesteer.models.address import IN_PROCESS_PREFIX
from codesteer.models.usage import Usage
from codesteer.nodes.runtime import Resources

CONTEXT_OVERFLOW = "context_overflow"
RUN_FAILED = "the run ended early because a model or the sandbox failed; run it again"


@solver
def answer_with(
    method: str = "steer:rules",
    max_turns: int = 5,
    candidates: int = 2,
    max_tokens: int | None = None,
    max_seconds: float | None = None,
    temperature: float | None = None,
    sandbox: str = "local",
    retry_temperature: float | None = None,
) -> Solver:
    """Answer each sample with a method of ``codesteer.evals``.

    Args:
        method: a name from ``codesteer eval methods``.
        max_turns: maximum answers of the task model.
        candidates: maximum independent attempts made side by side.
        max_tokens: maximum tokens per problem, input and output of all models.
        max_seconds: maximum seconds per problem.
        temperature: default temperature of requests.
        sandbox: the sandbox for programs.
        retry_temperature: temperature of the turns after the first.
    """
    chosen, given = load_method(method), store_of(method)
    settings: dict[str, Any] = {
        "max_turns": max_turns,
        "candidates": candidates,
        "max_tokens": max_tokens,
        "max_seconds": max_seconds,
        "sandbox": sandbox,
        "retry_temperature": retry_temperature,
    }
    context = Context(**{**settings, **chosen.settings, **(given.settings if given else {})})
    resources = Resources(
        task_model=InspectChatModel(temperature=temperature, embedded=given is not None and given.embedded),
        guide=_open_guide(chosen, temperature),
    )
    graph = chosen.build(resources).compile(name=chosen.name, store=given.store if given else None)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate
        allowed = _tokens_allowed(chosen, state)
        own = context if allowed is None else context.model_copy(update={"max_tokens": max(1, allowed)})
        with own_request_limit():
            final = await _run(graph, state.input_text, own)
        return write_result(state, final, sum(_model_times()) + _unseen_seconds(chosen, final), allowed)

    return solve


def _tokens_allowed(method: Method, state: TaskState) -> int | None:
    """Return the paired token budget of a sample; None if the method has none.

    Raises:
        ConfigurationError: the method needs a budget, and the sample has none.
    """
    if method.reference is None:
        return None
    if TOKENS_ALLOWED_KEY not in state.metadata:
        raise ConfigurationError(
            f"{method.name} needs the results of {method.reference} on the same items; "
            f"run 'codesteer eval run --methods {method.reference},{method.name}'"
        )
    return int(state.metadata[TOKENS_ALLOWED_KEY])


def _open_guide(method: Method, temperature: float | None) -> Guide | None:
    """Open the guide; models that Inspect can call go through it, for logging, limits and retries."""
    if method.guide is None or method.guide == "rules" or method.guide.startswith(IN_PROCESS_PREFIX):
        return resolve_guide(method.guide) if method.guide else None
    return ChatModelGuide(
        InspectChatModel(model=inspect_name(method.guide), temperature=temperature), method.guide
    )


async def _run(
    graph: CompiledStateGraph[Any, Any, Any, Any], question: str, context: Context
) -> Mapping[str, Any]:
    """Run the graph; raise if a model or the sandbox failed, so that Inspect retries."""
    try:
        final = read_state(await graph.ainvoke({"messages": [HumanMessage(question)]}, context=context))
    except ModelError:
        if _overflowed():
            return {"outcome": CONTEXT_OVERFLOW}
        raise
    if _overflowed():
        return {**final, "outcome": CONTEXT_OVERFLOW}
    if final["outcome"] == "failed" or is_incomplete(final):
        raise CodeSteerError(RUN_FAILED)
    return final


def is_incomplete(final: Mapping[str, Any]) -> bool:
    """Return whether a wave went on without a candidate whose request failed; such a run is not scored."""
    # A wave that the time budget ended is part of the result.
    return final["outcome"] != "budget_spent" and lost_candidates(final.get("turns", []))


def write_result(
    state: TaskState, final: Mapping[str, Any], model_seconds: float, tokens_allowed: int | None = None
) -> TaskState:
    """Write a graph's final state into the sample: answer, record and transcript."""
    answer = final["messages"][-1].text if final.get("answer") else ""
    record = run_record(final, final["outcome"], model_seconds, tokens_allowed)
    state.metadata[RECORD_KEY] = to_json(record)
    state.messages = [ChatMessageUser(content=state.input_text), *_transcript(final.get("turns", []))]
    state.output = ModelOutput.from_content(str(state.model), answer)
    state.completed = True
    return state


def _transcript(turns: list[Turn]) -> list[ChatMessage]:
    messages: list[ChatMessage] = []
    for turn in turns:
        if turn.decision.guidance:
            messages.append(ChatMessageUser(content=turn.decision.guidance))
        messages.append(ChatMessageAssistant(content=turn.reply))
        if turn.execution is not None:
            messages.append(ChatMessageUser(content=describe_execution(turn.execution)))
    return messages


def _model_times() -> list[float]:
    return [event.output.time or 0.0 for event in transcript().events if isinstance(event, ModelEvent)]


def _unseen_seconds(method: Method, final: Mapping[str, Any]) -> float:
    """Return the time of a guide that runs in this process, whose calls Inspect does not see."""
    used: Usage | None = final.get("usage", {}).get("guide")
    in_process = method.guide is not None and method.guide.startswith(IN_PROCESS_PREFIX)
    return used.seconds if used is not None and in_process else 0.0


def _overflowed() -> bool:
    events = (event for event in transcript().events if isinstance(event, ModelEvent))
    return any(event.output.stop_reason == "model_length" for event in events)
