"""Run the current programs in the sandbox."""

from collections.abc import Mapping
from dataclasses import replace

from codesteer.checkers.question_choices import as_choice
from codesteer.graph.budget import seconds_left
from codesteer.graph.checks import programs_to_run
from codesteer.graph.context import Context
from codesteer.graph.input_files import input_files
from codesteer.graph.state import State, Turn, bare_question
from codesteer.nodes.concurrency import gather_or_cancel
from codesteer.nodes.returned import run_program
from codesteer.nodes.review import RUN_PROGRAM, ReviewDecision, request_review
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.truncation import truncate_turn
from codesteer.replies.answers import marked_output, output_answer
from codesteer.replies.programs import without_fences
from codesteer.sandboxes.artifacts import collect_artifacts
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.variables import define_variables


async def execute(state: State, runtime: NodeRuntime) -> Update:
    """Run the programs with the question's text in ``QUESTION`` and read the answers from their output."""
    # Review comes first: LangGraph runs the whole node again when the interrupt is answered.
    turns = _review_programs(programs_to_run(state), runtime)
    question, limits = bare_question(state), remaining_limits(state, runtime.context)
    files = input_files(state)
    return {
        "current": await gather_or_cancel(
            _execute_turn(turn, question, files, limits, runtime) for turn in turns
        )
    }


def _review_programs(turns: list[Turn], runtime: NodeRuntime) -> list[Turn]:
    """Let a person approve, edit or reject the programs, if the context asks for it."""
    if "code" not in runtime.context.review:
        return turns
    decisions = request_review(RUN_PROGRAM, [turn.program or "" for turn in turns])
    for turn, decision in zip(turns, decisions, strict=True):
        if decision.kind == "reject":
            runtime.emit("rejected", turn=turn.number, reason=decision.text)
    return [_apply_review(turn, decision) for turn, decision in zip(turns, decisions, strict=True)]


def _apply_review(turn: Turn, decision: ReviewDecision) -> Turn:
    if decision.kind == "reject":
        return replace(turn, refusal=decision.text or "no reason given")
    if decision.kind != "edit":
        return turn
    # What was verified is not this program.
    recalled = replace(turn.recalled, trusted=False) if turn.recalled else None
    return replace(turn, program=without_fences(decision.text), recalled=recalled)


async def _execute_turn(
    turn: Turn, question: str, files: Mapping[str, bytes], limits: Limits, runtime: NodeRuntime
) -> Turn:
    if turn.refusal:
        return truncate_turn(turn)
    runtime.emit("executing", turn=turn.number)
    sandbox = await runtime.sandbox()
    result = await _run(turn.program or "", question, files, limits, sandbox)
    is_finished = result.status is ExecutionStatus.OK
    printed = output_answer(result.stdout) if is_finished else marked_output(result.stdout)
    runtime.emit("executed", turn=turn.number, status=result.status.value, seconds=result.wall_seconds)
    executed = replace(
        turn,
        execution=result,
        answer=None if printed is None else as_choice(question, printed),
        seconds=turn.seconds + result.wall_seconds,
    )
    return truncate_turn(executed)


async def _run(
    program: str, question: str, files: Mapping[str, bytes], limits: Limits, sandbox: Sandbox
) -> ExecutionResult:
    """Run a program with the question and its files, and collect the files that it writes."""
    collection = collect_artifacts(program)
    if collection is None:
        return await run_program(sandbox, define_variables(program, files, QUESTION=question), limits)
    complete = define_variables(collection.program, files, QUESTION=question)
    return collection.read(await run_program(sandbox, complete, collection.limits(limits)), limits)


def remaining_limits(state: State, context: Context) -> Limits:
    """Return the limits for one program, its time reduced to what is left of the run's budget."""
    left = seconds_left(state, context)
    limits = context.limits
    return limits if left is None else replace(limits, wall_seconds=max(0.1, min(limits.wall_seconds, left)))
