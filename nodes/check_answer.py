"""The self-answer checker tests the turn's answer with a program of its own; then the turn is closed."""

import time
from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.checkers.answer_report import AnswerReport, Reading, Verdict, read_verdict
from codesteer.checkers.verdict_code import never_reads, verdict_is_unconditional
from codesteer.graph.state import State, Turn, history, question_message
from codesteer.guides.evidence import clip
from codesteer.models.asking import ask
from codesteer.models.usage import Usage
from codesteer.nodes.bounds import bounded_execution
from codesteer.nodes.execute import limits_now, open_draft
from codesteer.nodes.run import Run, Update
from codesteer.prompts.loader import fill, render
from codesteer.replies.programs import extract_program
from codesteer.replies.repetition import is_repetitive
from codesteer.replies.thoughts import without_thoughts
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.variables import bind

SHOWN_LENGTH = 4_000
"""Characters of an answer that the checker's prompt shows."""
UNCLEAR_CHECKS = 3
"""Checks in a row without a verdict after which a model is taken not to be able to write them."""


async def check_answer(state: State, run: Run) -> Update:
    """Close the turn, with a report on its answer where there is one and the checker is on.

    A model that was seen not to write checks that give a verdict is not asked again in the run: after one check
    without a verdict where benchmarks showed it (the embedded model: 0 verdicts in 32 checks), else after three.
    """
    draft = open_draft(state)
    patience = 1 if run.checker_is_embedded else UNCLEAR_CHECKS
    if (
        draft.answer is None
        or not run.context.check_answer
        or gives_no_verdicts(state.get("turns", []), patience)
    ):
        return {"turns": [draft], "draft": None}
    run.emit("checking", turn=draft.number)
    start = time.perf_counter()
    question = question_message(state).text
    report, usage = await test_answer(
        run, [*history(state)], question, draft.answer, limits_now(state, run.context)
    )
    run.emit("checked", turn=draft.number, verdict=report.verdict.value, reason=report.reason)
    done = replace(
        draft,
        answer_report=report,
        usage=draft.usage | {"checker": usage},
        seconds=draft.seconds + time.perf_counter() - start,
    )
    return {"turns": [done], "draft": None, "usage": {"checker": usage}}


def gives_no_verdicts(turns: Sequence[Turn], patience: int) -> bool:
    """True if the run's last checks, as many as ``patience`` says, came to no verdict."""
    reports = [turn.answer_report for turn in turns if turn.answer_report is not None]
    last = reports[-patience:]
    return len(last) == patience and all(report.verdict is Verdict.UNCLEAR for report in last)


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
        messages = [*messages, AIMessage(without_thoughts(completion.text)), retry]
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
