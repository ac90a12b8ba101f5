"""The programs under way run in the sandbox."""

from dataclasses import replace

from codesteer.graph.budget import seconds_left
from codesteer.graph.checks import programs_to_run
from codesteer.graph.context import Context
from codesteer.graph.state import State, Turn, question_message
from codesteer.nodes.bounds import bounded_turn
from codesteer.nodes.review import PROGRAM, Review, review
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.together import together
from codesteer.replies.answers import output_answer
from codesteer.replies.programs import without_fences
from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.variables import define_variables


async def execute(state: State, runtime: NodeRuntime) -> Update:
    """Run the programs with the question's text in ``QUESTION`` and read the answers from their output."""
    # A person is asked before anything runs: answering starts the node anew.
    turns = _reviewed(programs_to_run(state), runtime)
    question, limits = question_message(state).text, limits_now(state, runtime.context)
    return {"current": await together(_executed(turn, question, limits, runtime) for turn in turns)}


def _reviewed(turns: list[Turn], runtime: NodeRuntime) -> list[Turn]:
    """Let a person approve, edit or refuse programs, where the context says so."""
    if "code" not in runtime.context.review:
        return turns
    reviews = review(PROGRAM, [turn.program or "" for turn in turns])
    return [_after_review(turn, decided) for turn, decided in zip(turns, reviews, strict=True)]


def _after_review(turn: Turn, decided: Review) -> Turn:
    if decided.kind == "reject":
        return replace(turn, refusal=decided.text or "no reason given")
    return replace(turn, program=without_fences(decided.text)) if decided.kind == "edit" else turn


async def _executed(turn: Turn, question: str, limits: Limits, runtime: NodeRuntime) -> Turn:
    if turn.refusal:
        return bounded_turn(turn)
    runtime.emit("executing", turn=turn.number)
    sandbox = await runtime.sandbox()
    result = await sandbox.run(define_variables(turn.program or "", QUESTION=question), limits)
    runtime.emit("executed", turn=turn.number, status=result.status.value, seconds=result.wall_seconds)
    executed = replace(
        turn,
        execution=result,
        answer=output_answer(result.stdout),
        seconds=turn.seconds + result.wall_seconds,
    )
    return bounded_turn(executed)


def limits_now(state: State, context: Context) -> Limits:
    """Return a program's limits, its time cut to what the run's budget has left."""
    left = seconds_left(state, context)
    limits = context.limits
    return limits if left is None else replace(limits, wall_seconds=max(0.1, min(limits.wall_seconds, left)))
