"""The guide without a model: steers by what is known of the question and of the attempts so far."""

import re
from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import HumanMessage

from codesteer.checkers.answer_form import Choices, choices, fits, same_answer
from codesteer.checkers.answer_report import Verdict
from codesteer.guides.decision import Action, Attempt, Decision, Mode, Situation, waves
from codesteer.prompts.loader import render
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

FAILURES_BEFORE_TEXT = 4
INDEPENDENT_PROGRAMS = 2
"""Programs that a fresh start asks for at once, so that one wave shows whether they agree."""
CODE_SIGNS = 2
"""Signs of computation in a question from which on code is the first choice."""
COMPUTING = re.compile(
    r"\b(comput|calculat|count|how many|sum|product|multipl|matri|grid|board|puzzle|sequence|string|letters?"
    r"|digits?|numbers?|equation|expression|permut|combin|arrang|sort|steps?|plan|moves?|shortest|probabilit"
    r"|coordinates?|row|column|operations?|rules?|password|cards?|primes?|divis|factor|remainder)",
    re.IGNORECASE,
)
ARITHMETIC = re.compile(r"\d\s*[-+*/^×÷%]\s*\d")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
FOLLOW_UP = re.compile(
    r"\W*(?:and|or|but|now|then|same|again|also|instead|with|without|(?:what|how) (?:about|if))\b",
    re.IGNORECASE,
)
FOLLOW_UP_LENGTH = 200
FOLLOW_UP_WORDS = 6
ERROR_LENGTH = 300
QUESTION_LENGTH = 20_000
"""Characters of a question that are searched for signs of computation."""


class RulesGuide:
    """Chooses code or text from the question's features, then answers evidence with advice."""

    name = "rules"

    async def decide(self, situation: Situation) -> Decision:
        """Decide at once; asks no model."""
        return decide(situation)


def decide(situation: Situation) -> Decision:
    """Take the next decision from the situation alone; pure."""
    if not situation.attempts:
        return _first(situation)
    wave = waves(situation.attempts)[-1]
    if supported := _supported(situation, wave):
        return supported
    last = next((attempt for attempt in reversed(wave) if attempt.answer is not None), wave[-1])
    if last.refusal:
        return _improve(last, f"A person refused to run the program: {last.refusal}", "a person refused")
    if last.execution is not None and (advice := _after_failure(situation, last)):
        return advice
    if last.answer is None:
        return _improve(last, render("rules/finish_text"), "the reply holds no answer")
    return _on_answer(situation, last, last.answer)


def looks_computational(question: str) -> bool:
    """True if a question shows signs that its answer has to be computed: numbers, grids, counting words."""
    question = question[:QUESTION_LENGTH]
    words = {found.lower() for found in COMPUTING.findall(question)}
    numbers = len(NUMBER.findall(question))
    return bool(ARITHMETIC.search(question)) or len(words) + min(numbers, 4) // 2 >= CODE_SIGNS


def needs_computation(situation: Situation) -> bool:
    """True if the question looks computational, or follows up on one that does ("And from 2000 to 3000?")."""
    question = situation.question
    if looks_computational(question):
        return True
    earlier = [message.text for message in situation.history if isinstance(message, HumanMessage)]
    return bool(earlier) and looks_computational(earlier[-1]) and _follows_up(question)


def _follows_up(question: str) -> bool:
    """True for a question that other data are put into, or that is too short to stand alone."""
    if len(question) > FOLLOW_UP_LENGTH:
        return False
    opened = FOLLOW_UP.match(question) is not None and len(question.split()) <= FOLLOW_UP_WORDS
    return opened or bool(NUMBER.search(question) or COMPUTING.search(question))


def _first(situation: Situation) -> Decision:
    if needs_computation(situation):
        return _independent(situation, "", "the question shows signs of computation")
    return _go(Action.TEXT, Mode.TEXT, "", "the question shows no sign of computation")


def _supported(situation: Situation, wave: Sequence[Attempt]) -> Decision | None:
    """Let an answer of the last wave stand that its check or another attempt supports; None if there is none."""
    question, attempts = situation.question, situation.attempts
    answered = [attempt for attempt in wave if attempt.answer is not None]
    for attempt in answered:
        if attempt.verdict is Verdict.CONFIRMED and fits(question, attempt.answer or ""):
            return _end(Action.RETURN, attempt, "the answer passed its check")
    before = attempts[: len(attempts) - len(wave)]
    for index, attempt in enumerate(answered):
        others = [*before, *(other for other in answered[:index] if _computes(attempt) or _computes(other))]
        if any(_agree(other, attempt) for other in others) and _any_fits(question, [*before, attempt]):
            return _end(Action.RETURN, attempt, "two attempts came to the same answer")
    return None


def _after_failure(situation: Situation, last: Attempt) -> Decision | None:
    """Answer a program that did not come to an answer; None if it did."""
    execution = last.execution
    if execution is None or last.refusal:
        return None
    match execution.status:
        case ExecutionStatus.OK if last.answer is not None:
            return None
        case ExecutionStatus.OK:
            what, advice = "it printed no answer", render("rules/no_output")
        case ExecutionStatus.TIMEOUT | ExecutionStatus.MEMORY:
            resource = "time" if execution.status is ExecutionStatus.TIMEOUT else "memory"
            what, advice = f"it used too much {resource}", render("rules/faster", resource=resource)
        case _:
            what = last_error(execution)
            advice = render("rules/rewrite", error=what)
    failures = _failures_in_a_row(situation.attempts)
    if failures >= FAILURES_BEFORE_TEXT:
        return _go(Action.TEXT, Mode.TEXT, render("rules/to_text"), f"{failures} programs failed in a row")
    return _start_over(situation, advice, f"the program failed: {what}")


def _on_answer(situation: Situation, last: Attempt, answer: str) -> Decision:
    """Judge an answer that nothing supports yet by its form and the checkers' reports."""
    open_answers = choices(situation.question)
    if open_answers is not None and not open_answers.admit(answer):
        return _name_choice(open_answers) if last.mode is Mode.CODE else _compute(situation, last)
    if finding := _fabricated(last):
        return _start_over(
            situation, render("rules/compute", finding=finding), "the program computes nothing"
        )
    if last.verdict is Verdict.REFUTED:
        advice = render("rules/refuted", answer=answer[:ERROR_LENGTH], reason=last.refutation)
        return _improve(last, advice, f"the answer was refuted: {last.refutation}")
    if not needs_computation(situation):
        return _end(Action.RETURN, last, "nothing speaks against the answer")
    if all(attempt.mode is Mode.TEXT for attempt in situation.attempts):
        return _compute(situation, last)
    reason = "nothing supports the answer yet: a second, independent program"
    return _start_over(situation, render("rules/second"), reason)


def _compute(situation: Situation, last: Attempt) -> Decision:
    """Have a program written after a reply in words; without that reply where a program was asked for already."""
    if last.decision.mode is Mode.CODE:
        return _start_over(situation, render("rules/to_code"), "the reply holds no program")
    return _go(
        Action.CODE, Mode.CODE, render("rules/to_code"), "a text answer that a program has to bear out"
    )


def _name_choice(open_answers: Choices) -> Decision:
    """Have the answer named as the question wants it, from what the program printed."""
    guidance = render("rules/form", choices=", ".join(open_answers.names))
    return _go(Action.TEXT, Mode.TEXT, guidance, "the answer is none of those that the question leaves open")


def last_error(execution: ExecutionResult) -> str:
    """Return the line of a traceback that says what went wrong, with the program's own line before it."""
    lines = [line.strip() for line in execution.stderr.strip().splitlines() if line.strip(" ^~")]
    if not lines:
        return f"it ended with status {execution.status}"
    return " <- ".join(reversed(lines[-2:]))[:ERROR_LENGTH]


def _failures_in_a_row(attempts: Sequence[Attempt]) -> int:
    """Count the programs up to now, without a break, that came to no answer."""
    count = 0
    for attempt in reversed(attempts):
        if attempt.execution is None:
            break
        if attempt.execution.status is ExecutionStatus.OK and attempt.answer is not None:
            break
        count += 1
    return count


def _fabricated(attempt: Attempt) -> str:
    """Say what shows that a program only prints what the model made up; empty if nothing does."""
    report = attempt.code_report
    if report is None or report.answer_origin != "literal":
        return ""
    return report.findings[0].message if report.findings else "it prints a literal"


def _computes(attempt: Attempt) -> bool:
    """True for a program that does not just print what the model made up."""
    return attempt.program is not None and not _fabricated(attempt)


def _agree(one: Attempt, other: Attempt) -> bool:
    return one.answer is not None and other.answer is not None and same_answer(one.answer, other.answer)


def _any_fits(question: str, attempts: Sequence[Attempt]) -> bool:
    return any(attempt.answer is not None and fits(question, attempt.answer) for attempt in attempts)


def _improve(last: Attempt, guidance: str, reason: str) -> Decision:
    return _go(Action.IMPROVE, last.mode, guidance, reason)


def _start_over(situation: Situation, guidance: str, reason: str) -> Decision:
    """Leave the earlier attempts behind: a small model that sees its own program writes it again."""
    return replace(_independent(situation, guidance, f"{reason}: a fresh start"), start_over=True)


def _independent(situation: Situation, guidance: str, reason: str) -> Decision:
    """Ask for as many independent programs as the run allows, up to ``INDEPENDENT_PROGRAMS``."""
    count = min(INDEPENDENT_PROGRAMS, situation.candidates)
    return replace(_go(Action.CODE, Mode.CODE, guidance, reason), candidates=count)


def _go(action: Action, mode: Mode, guidance: str, reason: str) -> Decision:
    return Decision(action=action, mode=mode, guidance=guidance, reason=reason, guide=RulesGuide.name)


def _end(action: Action, last: Attempt, reason: str) -> Decision:
    return Decision(action=action, mode=last.mode, reason=reason, guide=RulesGuide.name)
