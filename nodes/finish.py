"""End the run: the best supported answer becomes the final message."""

from collections.abc import Callable, Sequence

from langchain_core.messages import AIMessage

from codesteer.graph.answer_ids import OUTCOME, next_answer_id
from codesteer.graph.history import PROGRAM
from codesteer.graph.selection import best_turn, returned_turn
from codesteer.graph.state import Outcome, State, Turn, bare_question, question_message
from codesteer.guides.decision import Action, Mode
from codesteer.models.message_text import joined_text
from codesteer.models.usage import total
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.prompts.loader import prompts_hash

NO_ANSWER = "I found no answer."
OUTCOMES: dict[Action, Outcome] = {Action.RETURN: "returned", Action.TERMINATE: "terminated"}


async def finish(
    state: State, runtime: NodeRuntime, select: Callable[[Sequence[Turn], str], Turn | None] = best_turn
) -> Update:
    """Select the answer and record the outcome.

    Args:
        state: the run's state.
        runtime: the run's models and settings.
        select: selects the turn with the final answer, from the turns and the question, unless the guide named it.
    """
    turns, stopped = state.get("turns", []), state.get("stop_reason")
    named = None if stopped else returned_turn(turns, state.get("decision"))
    best = named or select(turns, bare_question(state))
    outcome = stopped or OUTCOMES[state["decision"].action]
    answer = best.answer or "" if best else ""
    runtime.emit("finished", outcome=outcome, answer=answer)
    return {
        "messages": [_final_message(state, best, outcome, runtime)],
        "answer": answer,
        "outcome": outcome,
    }


def _final_message(state: State, best: Turn | None, outcome: Outcome, runtime: NodeRuntime) -> AIMessage:
    used, question = total(state.get("usage", {})), question_message(state)
    return AIMessage(
        id=next_answer_id(state["messages"], question, runtime.outer_node),
        content=_content(joined_text(question), best),
        response_metadata=_metadata(best, outcome, runtime),
        usage_metadata={
            "input_tokens": used.input_tokens,
            "output_tokens": used.output_tokens,
            "total_tokens": used.tokens,
        },
    )


def _metadata(best: Turn | None, outcome: Outcome, runtime: NodeRuntime) -> dict[str, str]:
    """Return what is known about the answer; later questions of the thread are shown the program."""
    metadata = {OUTCOME: outcome, "prompts": prompts_hash(runtime.context.all_prompts)}
    return metadata | ({PROGRAM: best.program} if best and best.program else {})


def _content(question: str, best: Turn | None) -> str:
    """Return a text reply in full, and a computed answer between the marks that the question asks for."""
    if best is None or best.answer is None:
        return NO_ANSWER
    if best.mode is Mode.TEXT:
        return best.reply
    return f"<<<{best.answer}>>>" if "<<<" in question else best.answer
