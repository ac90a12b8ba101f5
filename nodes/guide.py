"""Have the guide decide what the task model does next, or that the run ends."""

from dataclasses import replace

from codesteer.experience.recall import Recall
from codesteer.graph.budget import spent_budget, tokens_left
from codesteer.graph.history import conversation
from codesteer.graph.input_files import input_files, with_files
from codesteer.graph.state import State, bare_question, own_turns, recalled_turn
from codesteer.guides import rules
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.guides.recalled import return_trusted
from codesteer.models.usage import total
from codesteer.nodes.returned import returned
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.truncation import truncate_decision
from codesteer.prompts.loader import render


async def guide(state: State, runtime: NodeRuntime) -> Update:
    """Make the next decision, or end the run if a budget is spent.

    Raises:
        ModelError: the guide's model failed.
    """
    if budget := spent_budget(state, runtime.context):
        runtime.emit("budget_spent", budget=budget)
        return {"stop_reason": "budget_spent"}
    decision = await _decide(state, runtime)
    update: Update = {"decision": decision, "usage": {"guide": decision.usage}}
    if decision.action.continues and _turns_left(state, runtime) == 0:
        update["stop_reason"] = "turn_limit"
    return update


async def _decide(state: State, runtime: NodeRuntime) -> Decision:
    turns, turns_left = state.get("turns", []), _turns_left(state, runtime)
    own, recalled = own_turns(turns), recalled_turn(turns)
    files = input_files(state)
    guide_input = GuideInput(
        question=with_files(bare_question(state), files),
        has_files=bool(files),
        history=conversation(state),
        attempts=own,
        recalled=recalled,
        plans=(state.get("experience") or Recall()).plans,
        turns_left=turns_left,
        candidates=runtime.allowed_candidates(turns_left)[0],
        tokens_used=total(state.get("usage", {})).tokens,
        tokens_left=tokens_left(state, runtime.context),
        instructions=render("guide/system"),
    )
    runtime.emit("guiding", turn=len(turns) + 1)
    if not own and (trusted := return_trusted(recalled, bare_question(state))):
        decision = trusted
    elif guide_input.turns_left == 0:
        # No turn is left to steer: the outcome is not worth a model call.
        decision = rules.decide(guide_input)
    else:
        decide = (await runtime.guide()).decide
        decision = truncate_decision(returned(await decide(guide_input), Decision, "the guide"))
        if decision.candidates > 1:  # other decisions need neither the model nor the sandbox here
            decision = _limit_candidates(decision, *await runtime.max_candidates(turns_left))
    runtime.emit(
        "decided",
        turn=len(turns) + 1,
        action=decision.action.value,
        candidates=decision.candidates,
        reason=decision.reason,
    )
    return decision


def _limit_candidates(decision: Decision, limit: int, limited_by: str) -> Decision:
    """Limit the number of candidates, and add the limit to the decision's reason."""
    if decision.candidates <= limit:
        return decision
    note = f"{limit} of {decision.candidates} candidates: {limited_by}"
    return replace(decision, candidates=limit, reason=f"{decision.reason} ({note})".lstrip())


def _turns_left(state: State, runtime: NodeRuntime) -> int:
    return max(0, runtime.context.max_turns - len(own_turns(state.get("turns", []))))
