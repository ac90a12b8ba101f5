"""A checker of the user's own judges the answers under way."""

import time

from codesteer.checkers.port import Checker, ProposedAnswer
from codesteer.graph.checks import answers_without_report
from codesteer.graph.state import State, Turn, history, question_message
from codesteer.models.usage_tracker import record_usage, track_usage
from codesteer.nodes.bounds import bounded_report
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.together import together


async def check_more(state: State, runtime: NodeRuntime, checker: Checker) -> Update:
    """Have a checker judge the answers that it has not seen yet, side by side."""

    async def checked(turn: Turn) -> Update:
        runtime.emit("checking", turn=turn.number)
        start = time.perf_counter()
        found = bounded_report(await checker.check(_proposed(state, turn)))
        reason = f"{checker.name}: {found.reason}"
        runtime.emit("checked", turn=turn.number, verdict=found.verdict.value, reason=reason)
        seconds = turn.seconds + time.perf_counter() - start
        return {"number": turn.number, "reports": {checker.name: found}, "seconds": seconds}

    due = answers_without_report(state, checker.name)
    try:
        with track_usage() as tracker:
            current = await together(checked(turn) for turn in due)
    finally:
        record_usage(tracker.usage)  # to the meter around the node, which counts where the node fails
    return {"current": current, "usage": {"checker": tracker.usage}}


def _proposed(state: State, turn: Turn) -> ProposedAnswer:
    return ProposedAnswer(
        question=question_message(state).text,
        history=history(state),
        answer=turn.answer or "",
        program=turn.program,
        execution=turn.execution,
    )
