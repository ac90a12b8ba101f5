"""The self-answer checker tests the answers under way, each with a program of its own."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.checkers.answer_report import AnswerReport, Reading, Verdict, read_verdict
from codesteer.checkers.verdict_code import never_reads, verdict_is_unconditional
from codesteer.graph.checks import answers_to_check
from codesteer.graph.state import State, Turn, history, question_message
from codesteer.guides.evidence import clip
from codesteer.models.completion import ask
from codesteer.models.usage import Usage
from codesteer.nodes.bounds import bounded_execution
from codesteer.nodes.execute import limits_now
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.together import together
from codesteer.nodes.writing import sampled
from codesteer.prompts.loader import render
from codesteer.replies.programs import extract_program
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.variables import define_variables

SHOWN_LENGTH = 4_000
"""Characters of an answer that the checker's prompt shows."""


async def check_answer(state: State, runtime: NodeRuntime) -> Update:
    """Test the answers under way that have no report yet, side by side."""
    question, limits = question_message(state).text, limits_now(state, runtime.context)
    # A run that is resumed with other settings may have come here with those of before.
    due = answers_to_check(state) if runtime.checks.answer else []
    checked = await together(_checked(turn, runtime, [*history(state)], question, limits) for turn in due)
    usage = sum((update["usage"]["checker"] for update in checked), Usage())
    return {"current": checked, "usage": {"checker": usage}}


async def _checked(
    turn: Turn, runtime: NodeRuntime, before: Sequence[BaseMessage], question: str, limits: Limits
) -> dict[str, Any]:
    runtime.emit("checking", turn=turn.number)
    start = time.perf_counter()
    report, usage = await test_answer(runtime, before, question, turn.answer or "", limits)
    runtime.emit("checked", turn=turn.number, verdict=report.verdict.value, reason=report.reason)
    return {
        "number": turn.number,
        "answer_report": report,
        "usage": turn.usage | {"checker": usage},
        "seconds": turn.seconds + time.perf_counter() - start,
    }


async def test_answer(
    runtime: NodeRuntime, before: Sequence[BaseMessage], question: str, answer: str, limits: Limits
) -> tuple[AnswerReport, Usage]:
    """Have programs written and run side by side, as many as ``context.checker_programs`` says; join their verdicts."""
    shown = clip(answer, SHOWN_LENGTH)  # a checking program finds the whole answer in ANSWER
    messages = [*before, HumanMessage(render("checker/check", question=question, answer=shown))]

    async def check(number: int) -> Check:
        model = sampled(await runtime.checker_model(), number, runtime.context.retry_temperature)
        completion = await ask(model, messages)
        program, execution = extract_program(completion.text), None
        if program is not None:
            sandbox = await runtime.sandbox()
            execution = await sandbox.run(define_variables(program, QUESTION=question, ANSWER=answer), limits)
        return Check(judge(program, execution), program, execution, completion.usage)

    checks = await together(check(number + 1) for number in range(runtime.context.checker_programs))
    told = decisive(checks)
    report = AnswerReport(
        verdict=told.reading.verdict,
        reason=told.reading.reason,
        program=told.program,
        execution=bounded_execution(told.execution) if told.execution else None,
        programs_tried=len(checks),
    )
    return report, sum((each.usage for each in checks), Usage())


@dataclass(frozen=True, slots=True)
class Check:
    """One checking program and what came of it."""

    reading: Reading
    program: str | None
    execution: ExecutionResult | None
    usage: Usage


def decisive(checks: Sequence[Check]) -> Check:
    """Return the first check with a verdict; the first one, as unclear, where verdicts contradict each other."""
    clear = [check for check in checks if check.reading.verdict is not Verdict.UNCLEAR]
    if len({check.reading.verdict for check in clear}) > 1:
        return replace(
            clear[0], reading=Reading(Verdict.UNCLEAR, "the checking programs contradict each other")
        )
    return (clear or list(checks))[0]


def judge(program: str | None, execution: ExecutionResult | None) -> Reading:
    """Read a checking program's verdict; one that tests nothing, or not the answer, only echoes."""
    if program is None or execution is None:
        return Reading(Verdict.UNCLEAR, "the checker wrote no program")
    reading = read_verdict(execution)
    if reading.verdict is Verdict.UNCLEAR:
        return reading
    if verdict_is_unconditional(program):
        return Reading(Verdict.UNCLEAR, "the checking program prints its verdict without testing anything")
    if never_reads(program, "ANSWER"):
        return Reading(Verdict.UNCLEAR, "the checking program never looks at ANSWER")
    return reading
