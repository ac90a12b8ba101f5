"""The guide decides what the task model does next, or that the run ends."""

from dataclasses import replace

from codesteer.graph.budget import spent_limit
from codesteer.graph.state import State, history, question_message
from codesteer.guides import rules
from codesteer.guides.decision import Decision, Situation
from codesteer.nodes.bounds import bounded_decision
from codesteer.nodes.run import Run, Update
from codesteer.prompts.loader import fill


async def guide(state: State, run: Run) -> Update:
    """Take the next decision, or say that a budget is spent."""
    if limit := spent_limit(state, run.context):
        run.emit("budget_spent", budget=limit)
        return {"stop_reason": "budget_spent"}
    decision = await _decide(state, run)
    update: Update = {"decision": decision, "usage": {"guide": decision.usage}}
    if decision.action.goes_on and _turns_left(state, run) == 0:
        update["stop_reason"] = "turn_limit"
    return update


async def _decide(state: State, run: Run) -> Decision:
    turns = state.get("turns", [])
    situation = Situation(
        question=question_message(state).text,
        history=history(state),
        attempts=turns,
        turns_left=_turns_left(state, run),
        instructions=fill(run.context.guide_prompt),
    )
    run.emit("guiding", turn=len(turns) + 1)
    if situation.turns_left == 0:
        # Nothing can be steered any more: naming the end is worth no model call.
        decision = rules.decide(situation)
    else:
        chosen = await run.guide()
        decision = _bounded_wave(bounded_decision(await chosen.decide(situation)), situation.turns_left, run)
    run.emit("decided", turn=len(turns) + 1, action=decision.action.value, reason=decision.reason)
    return decision


def _bounded_wave(decision: Decision, turns_left: int, run: Run) -> Decision:
    """Bound the number of candidates, and have the decision say so."""
    # A person who reviews guidance is asked once, for one attempt.
    most = 1 if "guidance" in run.context.review else min(run.context.candidates, turns_left)
    if decision.candidates <= most:
        return decision
    bound = f"{most} of {decision.candidates} candidates: the run allows no more"
    return replace(decision, candidates=most, reason=f"{decision.reason} ({bound})".lstrip())


def _turns_left(state: State, run: Run) -> int:
    return max(0, run.context.max_turns - len(state.get("turns", [])))
