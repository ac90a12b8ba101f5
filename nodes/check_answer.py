"""The self-answer checker tests the answers under way, each with a program of its own."""

import time
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.checkers.answer_report import AnswerReport, Reading, Verdict, read_verdict
from codesteer.checkers.verdict_code import never_reads, verdict_is_unconditional
from codesteer.graph.checks import answers_to_check
from codesteer.graph.state import State, Turn, history, question_message
from codesteer.guides.evidence import clip
from codesteer.models.asking import ask
from codesteer.models.reply import extract_program, is_repetitive
from codesteer.models.usage import Usage
from codesteer.nodes.bounds import bounded_execution
from codesteer.nodes.execute import limits_now
from codesteer.nodes.run import Run, Update
from codesteer.nodes.together import together
from codesteer.prompts.loader import fill, render
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.variables import bind

SHOWN_LENGTH = 4_000
"""Characters of an answer that the checker's prompt shows."""


async def check_answer(state: State, run: Run) -> Update:
    """Test the answers under way that have no report yet, side by side."""
    question, limits = question_message(state).text, limits_now(state, run.context)
    checked = await together(
        _checked(turn, run, [*history(state)], question, limits) for turn in answers_to_check(state)
    )
    usage = sum((update["usage"]["checker"] for update in checked), Usage())
    return {"current": checked, "usage": {"checker": usage}}


async def _checked(
    turn: Turn, run: Run, before: Sequence[BaseMessage], question: str, limits: Limits
) -> dict[str, Any]:
    run.emit("checking", turn=turn.number)
    start = time.perf_counter()
    report, usage = await test_answer(run, before, question, turn.answer or "", limits)
    run.emit("checked", turn=turn.number, verdict=report.verdict.value, reason=report.reason)
    return {
        "number": turn.number,
        "answer_report": report,
        "usage": turn.usage | {"checker": usage},
        "seconds": turn.seconds + time.perf_counter() - start,
    }


async def test_answer(
    run: Run, before: Sequence[BaseMessage], question: str, answer: str, limits: Limits
) -> tuple[AnswerReport, Usage]:
    """Have programs written and run until one gives a verdict, at most ``context.checker_programs``."""
    model, sandbox = await run.checker_model(), await run.sandbox()
    shown = clip(answer, SHOWN_LENGTH)  # a checking program finds the whole answer in ANSWER
    messages = [*before, HumanMessage(fill(run.context.checker_prompt, question=question, answer=shown))]
    usage, reading = Usage(), Reading(Verdict.UNCLEAR, "no checking program was written")
    program: str | None = None
    execution: ExecutionResult | None = None
    tried = 0
    while tried < run.context.checker_programs:
        tried += 1
        completion = await ask(model, messages)
        usage += completion.usage
        program, execution = extract_program(completion.text), None
        if program is not None:
            execution = await sandbox.run(bind(program, QUESTION=question, ANSWER=answer), limits)
        reading = judge(program, execution)
        if reading.verdict is not Verdict.UNCLEAR or is_repetitive(completion.text):
            break
        retry = HumanMessage(render("checker/again", reason=reading.reason))
        messages = [*messages, AIMessage(completion.text), retry]
    report = AnswerReport(
        verdict=reading.verdict,
        reason=reading.reason,
        program=program,
        execution=bounded_execution(execution) if execution else None,
        programs_tried=tried,
    )
    return report, usage


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
