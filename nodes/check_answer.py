"""The self-answer checker tests the proposed answers, each with programs of its own."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.checkers.answer_report import AnswerReport, Verdict, read_verdict, unclear
from codesteer.checkers.verdict_code import never_reads, verdict_is_unconditional
from codesteer.graph.checks import answers_to_check
from codesteer.graph.state import State, Turn, history, question_message
from codesteer.guides.truncation import truncate_middle
from codesteer.models.completion import ask
from codesteer.models.usage import Usage
from codesteer.nodes.concurrency import gather_or_cancel
from codesteer.nodes.execute import remaining_limits
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.truncation import truncate_execution
from codesteer.nodes.writing import with_retry_sampling
from codesteer.prompts.loader import render
from codesteer.replies.programs import extract_program
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.variables import define_variables

SHOWN_ANSWER_LENGTH = 4_000
"""Characters of an answer that the checker's prompt shows."""


async def check_answer(state: State, runtime: NodeRuntime) -> Update:
    """Test all current answers without a report, in parallel."""
    question, limits = question_message(state).text, remaining_limits(state, runtime.context)
    # The edge to this node may have been taken before the run was resumed with the checker switched off.
    turns = answers_to_check(state) if runtime.enabled_checkers.answer else []
    checked = await gather_or_cancel(
        _check_turn(turn, runtime, [*history(state)], question, limits) for turn in turns
    )
    usage = sum((update["usage"]["checker"] for update in checked), Usage())
    return {"current": checked, "usage": {"checker": usage}}


async def _check_turn(
    turn: Turn, runtime: NodeRuntime, before: Sequence[BaseMessage], question: str, limits: Limits
) -> dict[str, Any]:
    runtime.emit("checking", turn=turn.number)
    start = time.perf_counter()
    report, usage = await _check(runtime, before, question, turn.answer or "", limits)
    runtime.emit("checked", turn=turn.number, verdict=report.verdict.value, reason=report.reason)
    return {
        "number": turn.number,
        "answer_report": report,
        "usage": turn.usage | {"checker": usage},
        "seconds": turn.seconds + time.perf_counter() - start,
    }


async def _check(
    runtime: NodeRuntime, before: Sequence[BaseMessage], question: str, answer: str, limits: Limits
) -> tuple[AnswerReport, Usage]:
    """Have ``context.checker_programs`` programs written and run in parallel, and combine their reports."""
    shown = truncate_middle(answer, SHOWN_ANSWER_LENGTH)  # programs find the whole answer in ANSWER
    messages = [*before, HumanMessage(render("checker/check", question=question, answer=shown))]

    async def run(number: int) -> CheckResult:
        model = with_retry_sampling(await runtime.checker_model(), number, runtime.context.retry_temperature)
        completion = await ask(model, messages)
        program, execution = extract_program(completion.text), None
        if program is not None:
            sandbox = await runtime.sandbox()
            execution = await sandbox.run(define_variables(program, QUESTION=question, ANSWER=answer), limits)
        return CheckResult(report_on(program, execution), completion.usage)

    results = await gather_or_cancel(run(number + 1) for number in range(runtime.context.checker_programs))
    report = replace(combine([result.report for result in results]), programs_tried=len(results))
    return report, sum((result.usage for result in results), Usage())


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The report on one checking program and what it cost."""

    report: AnswerReport
    usage: Usage


def combine(reports: Sequence[AnswerReport]) -> AnswerReport:
    """Return the first report with a clear verdict; it becomes unclear if another one contradicts it."""
    clear = [report for report in reports if report.verdict is not Verdict.UNCLEAR]
    if len({report.verdict for report in clear}) > 1:
        reason = "the checking programs contradict each other"
        return replace(clear[0], verdict=Verdict.UNCLEAR, reason=reason)
    return (clear or list(reports))[0]


def report_on(program: str | None, execution: ExecutionResult | None) -> AnswerReport:
    """Report a checking program's verdict; unclear if it tests nothing or ignores the answer."""
    if program is None or execution is None:
        return unclear("the checker wrote no program")
    report = read_verdict(execution)
    if report.verdict is not Verdict.UNCLEAR:
        if verdict_is_unconditional(program):
            report = unclear("the checking program prints its verdict without testing anything")
        elif never_reads(program, "ANSWER"):
            report = unclear("the checking program never looks at ANSWER")
    return replace(report, program=program, execution=truncate_execution(execution))
