"""The guide decides what the task model does next, or that the run ends."""

from dataclasses import replace

from codesteer.graph.budget import spent_limit
from codesteer.graph.state import State, history, question_message
from codesteer.guides import rules
from codesteer.guides.decision import Decision, Situation
from codesteer.nodes.bounds import bounded_decision
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.prompts.loader import render


async def guide(state: State, runtime: NodeRuntime) -> Update:
    """Take the next decision, or say that a budget is spent."""
    if limit := spent_limit(state, runtime.context):
        runtime.emit("budget_spent", budget=limit)
        return {"stop_reason": "budget_spent"}
    decision = await _decide(state, runtime)
    update: Update = {"decision": decision, "usage": {"guide": decision.usage}}
    if decision.action.goes_on and _turns_left(state, runtime) == 0:
        update["stop_reason"] = "turn_limit"
    return update


async def _decide(state: State, runtime: NodeRuntime) -> Decision:
    turns, turns_left = state.get("turns", []), _turns_left(state, runtime)
    most, bound = await runtime.most_candidates(turns_left)
    situation = Situation(
        question=question_message(state).text,
        history=history(state),
        attempts=turns,
        turns_left=turns_left,
        candidates=most,
        instructions=render("guide/system"),
    )
    runtime.emit("guiding", turn=len(turns) + 1)
    if situation.turns_left == 0:
        # Nothing can be steered any more: naming the end is worth no model call.
        decision = rules.decide(situation)
    else:
        chosen = await runtime.guide()
        decided = bounded_decision(await chosen.decide(situation))
        decision = _bounded_wave(decided, most, bound)
    runtime.emit(
        "decided",
        turn=len(turns) + 1,
        action=decision.action.value,
        candidates=decision.candidates,
        reason=decision.reason,
    )
    return decision


def _bounded_wave(decision: Decision, most: int, bound: str) -> Decision:
    """Bound the number of candidates, and have the decision say so."""
    if decision.candidates <= most:
        return decision
    told = f"{most} of {decision.candidates} candidates: {bound}"
    return replace(decision, candidates=most, reason=f"{decision.reason} ({told})".lstrip())


def _turns_left(state: State, runtime: NodeRuntime) -> int:
    return max(0, runtime.context.max_turns - len(state.get("turns", [])))
