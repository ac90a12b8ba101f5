"""How much text one turn may add to the state, where every checkpoint copies it."""

from dataclasses import replace

from codesteer.checkers.answer_report import AnswerReport
from codesteer.graph.state import Turn
from codesteer.guides.decision import Decision
from codesteer.guides.evidence import clip
from codesteer.sandboxes.execution import ExecutionResult

REPLY_LENGTH = 100_000
"""Characters of the task model's reply."""
PROGRAM_LENGTH = 100_000
"""Characters of a program; a longer one is a runaway reply and not taken for a program."""
OUTPUT_LENGTH = 20_000
"""Characters of a program's output, and as many of its errors."""
ANSWER_LENGTH = 20_000
"""Characters of an answer; a longer one is a log or a runaway loop."""
GUIDANCE_LENGTH = 4_000
REASON_LENGTH = 1_000


def bounded_turn(turn: Turn) -> Turn:
    """Cut a turn's long texts in the middle, the cuts marked; drop a program that is no program but a flood."""
    program = turn.program
    return replace(
        turn,
        program=None if program is not None and len(program) > PROGRAM_LENGTH else program,
        reply=clip(turn.reply, REPLY_LENGTH),
        answer=None if turn.answer is None else clip(turn.answer, ANSWER_LENGTH),
        refusal=clip(turn.refusal, REASON_LENGTH),
        execution=None if turn.execution is None else bounded_execution(turn.execution),
    )


def bounded_report(report: AnswerReport) -> AnswerReport:
    """Cut a checker's long texts in the middle; the cuts are marked."""
    execution = report.execution and bounded_execution(report.execution)
    program = report.program and clip(report.program, PROGRAM_LENGTH)
    reason = clip(report.reason, REASON_LENGTH)
    return replace(report, reason=reason, program=program, execution=execution)


def bounded_execution(result: ExecutionResult) -> ExecutionResult:
    """Cut a program's long outputs in the middle; the cuts are marked."""
    return replace(
        result, stdout=clip(result.stdout, OUTPUT_LENGTH), stderr=clip(result.stderr, OUTPUT_LENGTH)
    )


def bounded_decision(decision: Decision) -> Decision:
    """Cut a guide's long texts in the middle; the cuts are marked."""
    return replace(
        decision,
        guidance=clip(decision.guidance, GUIDANCE_LENGTH),
        reason=clip(decision.reason, REASON_LENGTH),
    )
