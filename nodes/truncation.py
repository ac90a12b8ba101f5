"""Limit the text that one turn adds to the state, because every checkpoint copies it."""

from dataclasses import replace

from codesteer.checkers.answer_report import AnswerReport
from codesteer.graph.state import Turn
from codesteer.guides.decision import Decision
from codesteer.guides.truncation import truncate_middle
from codesteer.sandboxes.execution import ExecutionResult

MAX_REPLY_LENGTH = 100_000
MAX_PROGRAM_LENGTH = 100_000
"""A longer program is a runaway reply and does not run."""
MAX_OUTPUT_LENGTH = 20_000
"""Characters of a program's standard output, and of its standard error."""
MAX_ANSWER_LENGTH = 20_000
"""A longer answer is a log or a runaway loop."""
MAX_GUIDANCE_LENGTH = 4_000
MAX_REASON_LENGTH = 1_000


def truncate_turn(turn: Turn) -> Turn:
    """Truncate a turn's long texts and drop a program that is too long."""
    program = turn.program
    return replace(
        turn,
        program=None if program is not None and len(program) > MAX_PROGRAM_LENGTH else program,
        reply=truncate_middle(turn.reply, MAX_REPLY_LENGTH),
        answer=None if turn.answer is None else truncate_middle(turn.answer, MAX_ANSWER_LENGTH),
        refusal=truncate_middle(turn.refusal, MAX_REASON_LENGTH),
        execution=None if turn.execution is None else truncate_execution(turn.execution),
    )


def truncate_report(report: AnswerReport) -> AnswerReport:
    """Truncate a checker's long texts."""
    execution = report.execution and truncate_execution(report.execution)
    program = report.program and truncate_middle(report.program, MAX_PROGRAM_LENGTH)
    reason = truncate_middle(report.reason, MAX_REASON_LENGTH)
    return replace(report, reason=reason, program=program, execution=execution)


def truncate_execution(result: ExecutionResult) -> ExecutionResult:
    """Truncate a program's long output."""
    return replace(
        result,
        stdout=truncate_middle(result.stdout, MAX_OUTPUT_LENGTH),
        stderr=truncate_middle(result.stderr, MAX_OUTPUT_LENGTH),
    )


def truncate_decision(decision: Decision) -> Decision:
    """Truncate a guide's long texts."""
    return replace(
        decision,
        guidance=truncate_middle(decision.guidance, MAX_GUIDANCE_LENGTH),
        plans=tuple(
            replace(plan, guidance=truncate_middle(plan.guidance, MAX_GUIDANCE_LENGTH))
            for plan in decision.plans
        ),
        reason=truncate_middle(decision.reason, MAX_REASON_LENGTH),
    )
