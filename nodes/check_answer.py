"""The self-answer checker: a model writes a check of answers, which is tested before its verdict counts."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.checkers.answer_form import fits
from codesteer.checkers.answer_report import AnswerReport, Verdict, unclear
from codesteer.checkers.answer_skeleton import parsing_lines
from codesteer.checkers.check_function import Opinion, call_check, read_opinions
from codesteer.checkers.check_verdict import AnswerPanel, judge
from codesteer.checkers.stated_check import states_answer
from codesteer.graph.checks import answers_to_check
from codesteer.graph.history import history
from codesteer.graph.input_files import input_files, question_text
from codesteer.graph.state import SPENT, State, Turn, bare_question
from codesteer.models.completion import ask
from codesteer.models.usage import Usage
from codesteer.nodes.concurrency import gather_or_cancel
from codesteer.nodes.execute import remaining_limits
from codesteer.nodes.returned import run_program
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.truncation import truncate_execution
from codesteer.nodes.writing import with_retry_sampling
from codesteer.prompts.loader import render
from codesteer.replies.programs import extract_program
from codesteer.replies.question_data import describe_data, read_data
from codesteer.sandboxes.variables import define_variables


async def check_answer(state: State, runtime: NodeRuntime) -> Update:
    """Have ``context.checker_programs`` checks written and judge all current answers with them.

    The checks see the question and the form of the answer, not the answer itself, so that they cannot repeat it.
    """
    # The edge to this node may have been taken before the run was resumed with the checker switched off.
    turns = answers_to_check(state) if runtime.enabled_checkers.answer else []
    if not turns:
        return {}
    for turn in turns:
        runtime.emit("checking", turn=turn.number)
    start = time.perf_counter()
    panel = await asyncio.to_thread(_panel, state, turns)  # long answers take a while to compare
    messages = [
        *history(state),
        HumanMessage(check_request(bare_question(state), panel, question_text(state))),
    ]
    count = runtime.context.checker_programs
    checks = await gather_or_cancel(
        _check(number + 1, messages, state, panel, runtime) for number in range(count)
    )
    usage, seconds = sum((check.usage for check in checks), Usage()), time.perf_counter() - start
    current: list[Update] = []
    for turn in turns:
        report = combine([check.reports[panel.named(turn.answer or "")] for check in checks])
        runtime.emit("checked", turn=turn.number, verdict=report.verdict.value, reason=report.reason)
        current.append({"number": turn.number, "answer_report": replace(report, programs_tried=len(checks))})
    # The first turn bears the cost of the checks, which all turns share.
    current[0][SPENT] = {"seconds": seconds, "usage": {"checker": usage}}
    return {"current": current, "usage": {"checker": usage}}


@dataclass(frozen=True, slots=True)
class Check:
    """What one check says of each answer of the panel, and what it cost."""

    reports: dict[str, AnswerReport]
    usage: Usage


def _panel(state: State, turns: Sequence[Turn]) -> AnswerPanel:
    """Collect the answers to judge and, as a test of the check, all others of the run, the latest first."""
    others = [*state.get("current", []), *reversed(state.get("turns", []))]
    answers = [turn.answer for turn in (*turns, *others) if turn.answer is not None]
    return AnswerPanel.of(answers, bare_question(state))


def check_request(question: str, panel: AnswerPanel, shown: str) -> str:
    """Return the request for a check: the question, its data, and how answers are taken apart.

    Args:
        question: the question's text.
        panel: the answers to judge; only their form is shown.
        shown: the question as models see it.
    """
    data = read_data(question)
    typical = next((answer for answer in panel.answers if fits(question, answer)), panel.answers[0])
    return render(
        "checker/check",
        question=shown,
        data=render("checker/data", variables=describe_data(data)) if data else "",
        parsing=parsing_lines(typical, question),
    )


async def _check(
    number: int, messages: Sequence[BaseMessage], state: State, panel: AnswerPanel, runtime: NodeRuntime
) -> Check:
    """Have a check written and run it once with all answers of the panel."""
    model = with_retry_sampling(await runtime.checker_model(), number, runtime.context.retry_temperature)
    completion = await ask(model, messages)
    program = extract_program(completion.text)
    if program is None:
        reports = dict.fromkeys(panel.answers, unclear("the checker wrote no program"))
        return Check(reports, completion.usage)
    question, calls = bare_question(state), call_check(program, panel.all)
    sandbox = await runtime.sandbox()
    limits = remaining_limits(state, runtime.context)
    variables = {"QUESTION": question, **read_data(question)}
    checked = define_variables(calls.program, input_files(state), **variables)
    execution = await run_program(sandbox, checked, limits)
    opinions: Mapping[str, Opinion] | str = "the check states an answer instead of computing it"
    if not states_answer(program, variables):
        opinions = read_opinions(calls, execution)
    # Without the random mark, the same run leaves the same record everywhere.
    kept = truncate_execution(replace(execution, stdout=execution.stdout.replace(calls.mark, "")))
    reports = {}
    for answer in panel.answers:
        report = unclear(opinions) if isinstance(opinions, str) else judge(answer, panel, opinions)
        reports[answer] = replace(report, program=program, execution=kept)
    return Check(reports, completion.usage)


def combine(reports: Sequence[AnswerReport]) -> AnswerReport:
    """Return the first report with a clear verdict; it becomes unclear if another one contradicts it."""
    clear = [report for report in reports if report.verdict is not Verdict.UNCLEAR]
    if len({report.verdict for report in clear}) > 1:
        reason = "the checks contradict each other"
        return replace(clear[0], verdict=Verdict.UNCLEAR, reason=reason)
    return (clear or list(reports))[0]
