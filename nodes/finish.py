"""The run ends: the best supported answer becomes the final message."""

from collections.abc import Callable, Sequence

from langchain_core.messages import AIMessage

from codesteer.graph.selection import best_turn
from codesteer.graph.state import Outcome, State, Turn, question_message
from codesteer.guides.decision import Action, Mode
from codesteer.models.usage import total
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.prompts.loader import prompts_hash

NOTHING_FOUND = "I found no answer."
OUTCOMES: dict[Action, Outcome] = {Action.RETURN: "returned", Action.TERMINATE: "terminated"}


async def finish(
    state: State, runtime: NodeRuntime, select: Callable[[Sequence[Turn], str], Turn | None] = best_turn
) -> Update:
    """Pick the answer and say how the run ended.

    Args:
        state: the run.
        runtime: its models and settings.
        select: picks the turn whose answer is given, from the turns and the question.
    """
    best = select(state.get("turns", []), question_message(state).text)
    outcome = state.get("stop_reason") or OUTCOMES[state["decision"].action]
    answer = best.answer or "" if best else ""
    runtime.emit("finished", outcome=outcome, answer=answer)
    return {
        "messages": [_message(state, best, outcome, runtime)],
        "answer": answer,
        "outcome": outcome,
    }


def _message(state: State, best: Turn | None, outcome: Outcome, runtime: NodeRuntime) -> AIMessage:
    used, question = total(state.get("usage", {})), question_message(state)
    return AIMessage(
        id=f"{question.id}-answer",  # so that a question asked again has its answer replaced, not a second one
        content=_content(question.text, best),
        response_metadata={"outcome": outcome, "prompts": prompts_hash(runtime.context.all_prompts)},
        usage_metadata={
            "input_tokens": used.input_tokens,
            "output_tokens": used.output_tokens,
            "total_tokens": used.tokens,
        },
    )


def _content(question: str, best: Turn | None) -> str:
    """A text answer is given whole; a computed one in the marks that the question asks for."""
    if best is None or best.answer is None:
        return NOTHING_FOUND
    if best.mode is Mode.TEXT:
        return best.reply
    return f"<<<{best.answer}>>>" if "<<<" in question else best.answer
