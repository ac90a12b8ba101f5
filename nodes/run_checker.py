"""Run a checker that the user added on the current answers."""

import time

from codesteer.checkers.answer_report import AnswerReport
from codesteer.checkers.port import Checker, ProposedAnswer
from codesteer.graph.checks import answers_without_report
from codesteer.graph.history import history
from codesteer.graph.input_files import question_text
from codesteer.graph.state import SPENT, State, Turn
from codesteer.models.usage import Usage
from codesteer.models.usage_tracker import record_usage, track_usage
from codesteer.nodes.concurrency import gather_or_cancel
from codesteer.nodes.returned import returned
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.truncation import truncate_report


async def run_checker(state: State, runtime: NodeRuntime, checker: Checker) -> Update:
    """Run a checker on the answers that it has not judged yet, in parallel."""

    async def check(turn: Turn) -> Update:
        runtime.emit("checking", turn=turn.number)
        start = time.perf_counter()
        try:
            with track_usage() as tracker:
                given = await checker.check(_proposed_answer(state, turn))
                found = truncate_report(returned(given, AnswerReport, f"the checker {checker.name!r}"))
        finally:
            record_usage(tracker.usage)  # to the tracker around the node, which counts failed nodes as well
        reason = f"{checker.name}: {found.reason}"
        runtime.emit("checked", turn=turn.number, verdict=found.verdict.value, reason=reason)
        spent = {"seconds": time.perf_counter() - start, "usage": {"checker": tracker.usage}}
        return {"number": turn.number, "reports": {checker.name: found}, SPENT: spent}

    turns = answers_without_report(state, checker.name)
    current = await gather_or_cancel(check(turn) for turn in turns)
    usage = sum((update[SPENT]["usage"]["checker"] for update in current), Usage())
    return {"current": current, "usage": {"checker": usage}}


def _proposed_answer(state: State, turn: Turn) -> ProposedAnswer:
    return ProposedAnswer(
        question=question_text(state),
        history=history(state),
        answer=turn.answer or "",
        program=turn.program,
        execution=turn.execution,
    )
