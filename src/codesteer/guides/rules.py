"""The guide without a model: fixed rules on the question and the attempts so far."""

import re
from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import HumanMessage

from codesteer.checkers.answer_form import fits, same_answer
from codesteer.checkers.answer_report import Verdict
from codesteer.checkers.question_choices import Choices, choices
from codesteer.checkers.stated_arithmetic import stated_value, states_answer
from codesteer.experience.recall import PlanHistory
from codesteer.guides.attempt import Attempt, waves
from codesteer.guides.decision import Action, Decision, Mode, Plan
from codesteer.guides.port import GuideInput
from codesteer.prompts.loader import render
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

FAILURES_BEFORE_TEXT = 4
INDEPENDENT_PROGRAMS = 2
"""Programs that a fresh start asks for at once, so that one wave shows whether they agree."""
IN_WORDS = (Plan(mode=Mode.TEXT),)
"""The other candidate of the first wave, if the question lists its possible answers."""
PROVEN_PLANS = 3
"""Similar questions that one mode must have answered, and no other, to be the first choice."""
MIN_SIGNS_FOR_CODE = 2
"""Signs of computation that a question needs for code to be the first choice."""
COMPUTATION_WORDS = re.compile(
    r"\b(?:comput|calculat|count|how many|sum|product|multipl|matri|grid|board|puzzle|sequence|string|letters?"
    r"|digits?|numbers?|equation|expression|permut|combin|arrang|sort|steps?|plan|moves?|shortest|probabilit"
    r"|coordinates?|row|column|operations?|rules?|password|cards?|primes?|divis|factor|remainder)"
    # German, French, Spanish, Italian, Portuguese
    r"|\b(?:berechn|rechne|zähl|wie ?viele?|anzahl|summe|produkt|primzahl|teilbar|gleichung|ziffer|buchstabe"
    r"|calcul|combien|nombre|somme|produit|premiers|chiffres?|lettres?|équation|cuánt|número|suma|multiplic|primos?"
    r"|cifras?|ecuaci|calcol|quant[ieao]s?\b|somma|prodotto|primi\b|cifre|equazion|soma|produto|equaç)"
    # Russian, Chinese, Japanese, Korean: words are not always separated
    r"|вычисл|посчита|сколько|сумм|произведени|прост(?:ых|ые)|уравнени|计算|計算|多少|几个|幾個|总和|总数|乘积|质数|素数|方程"
    r"|いくつ|何個|合計|몇|계산|합계|소수",
    re.IGNORECASE,
)
ARITHMETIC = re.compile(r"\d\s*[-+*/^×÷%]\s*\d")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
FOLLOW_UP_OPENING = re.compile(
    r"\W*(?:and|or|but|now|then|same|again|also|instead|with|without|(?:what|how) (?:about|if))\b",
    re.IGNORECASE,
)
MAX_FOLLOW_UP_LENGTH = 200
MAX_FOLLOW_UP_WORDS = 6
MAX_ERROR_LENGTH = 300
MAX_QUESTION_LENGTH = 20_000
"""Characters of a question that are searched for signs of computation."""


class RulesGuide:
    """Chooses code or text by features of the question, then answers evidence with advice."""

    name = "rules"

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Decide without calling a model."""
        return decide(guide_input)


def decide(guide_input: GuideInput) -> Decision:
    """Make the next decision; a pure function."""
    if not guide_input.attempts:
        return _first_decision(guide_input)
    wave = waves(guide_input.attempts)[-1]
    if accepted := _return_supported(guide_input, wave):
        return accepted
    last = next((attempt for attempt in reversed(wave) if attempt.answer is not None), wave[-1])
    if last.refusal:
        return _improve(last, f"A person refused to run the program: {last.refusal}", "a person refused")
    if last.execution is not None and (advice := _after_failure(guide_input, last)):
        return advice
    if last.answer is None:
        return _improve(last, render("rules/finish_text"), "the reply contains no answer")
    return _after_answer(guide_input, last, last.answer)


def looks_computational(question: str) -> bool:
    """Return whether a question shows signs that its answer must be computed: numbers, arithmetic, certain words."""
    question = question[:MAX_QUESTION_LENGTH]
    words = {found.lower() for found in COMPUTATION_WORDS.findall(question)}
    numbers = len(NUMBER.findall(question))
    return bool(ARITHMETIC.search(question)) or len(words) + min(numbers, 4) // 2 >= MIN_SIGNS_FOR_CODE


def needs_computation(guide_input: GuideInput) -> bool:
    """Return whether the question looks computational, has files, or follows up on one ("And from 2000 to 3000?")."""
    question = guide_input.question
    if guide_input.has_files or looks_computational(question):
        return True
    earlier = [message.text for message in guide_input.history if isinstance(message, HumanMessage)]
    return bool(earlier) and looks_computational(earlier[-1]) and _is_follow_up(question)


def _is_follow_up(question: str) -> bool:
    """Return whether a question varies the data of an earlier one, or is too short to stand alone."""
    if len(question) > MAX_FOLLOW_UP_LENGTH:
        return False
    short = len(question.split()) <= MAX_FOLLOW_UP_WORDS
    opens_as_follow_up = short and FOLLOW_UP_OPENING.match(question) is not None
    return opens_as_follow_up or bool(NUMBER.search(question) or COMPUTATION_WORDS.search(question))


def _first_decision(guide_input: GuideInput) -> Decision:
    if stated_value(guide_input.question) is not None:
        return _continue(
            Action.CODE, Mode.CODE, "", "the question states a computation, which one program settles"
        )
    proven = _proven_mode(guide_input.plans)
    if proven == Mode.TEXT:
        return _continue(Action.TEXT, Mode.TEXT, "", "similar questions were answered in text")
    if proven == Mode.CODE or needs_computation(guide_input):
        first = _independent_programs(guide_input, "", "the question shows signs of computation")
        # What can be told in words is worth hearing where few answers are possible, and costs less than a program.
        return replace(first, plans=IN_WORDS) if choices(guide_input.question) else first
    return _continue(Action.TEXT, Mode.TEXT, "", "the question shows no sign of computation")


def _proven_mode(plans: Sequence[PlanHistory]) -> str | None:
    """Return the mode that alone answered similar questions, if it did often enough."""
    right = [plan for plan in plans if plan.right]
    return right[0].mode if len(right) == 1 and right[0].right >= PROVEN_PLANS else None


def _return_supported(guide_input: GuideInput, wave: Sequence[Attempt]) -> Decision | None:
    """Return an answer of the last wave that its checkers or another attempt support; None if there is none."""
    question, attempts = guide_input.question, guide_input.attempts
    answered = [attempt for attempt in wave if attempt.answer is not None and attempt.is_finished]
    for attempt in answered:
        confirmed = attempt.combined_verdict is Verdict.CONFIRMED
        if confirmed and fits(question, attempt.answer or "", supported=True):
            return _return(guide_input, attempt, "the answer passed its check")
        if _computes(attempt) and states_answer(question, attempt.answer or ""):
            return _return(guide_input, attempt, "the answer is the value of the question's expression")
    recalled = [guide_input.recalled] if guide_input.recalled else []
    before = [*recalled, *attempts[: len(attempts) - len(wave)]]
    for index, attempt in enumerate(answered):
        others = [*before, *(other for other in answered[:index] if _computes(attempt) or _computes(other))]
        agreeing = [other for other in others if _agree(other, attempt)]
        # A program and a reply in words that agree know better than a guess at what the question wants.
        both_modes = any(other.mode is not attempt.mode for other in agreeing)
        if agreeing and fits(question, attempt.answer or "", supported=both_modes):
            return _return(guide_input, attempt, "two attempts came to the same answer")
        if agreeing and (named := _named_option(question, before)):
            return _return(
                guide_input, named, "two attempts that agree name no option, and an earlier one does"
            )
    return None


def _named_option(question: str, attempts: Sequence[Attempt]) -> Attempt | None:
    """Return the last attempt that named one of the question's options; None if there is none."""
    options = choices(question)
    answered = (attempt for attempt in reversed(attempts) if attempt.answer is not None)
    return next((attempt for attempt in answered if options and options.admit(attempt.answer or "")), None)


def _after_failure(guide_input: GuideInput, last: Attempt) -> Decision | None:
    """React to a program that produced no answer; None if it produced one."""
    execution = last.execution
    if execution is None or last.refusal:
        return None
    match execution.status:
        case ExecutionStatus.OK if last.answer is not None:
            return None
        case ExecutionStatus.OK:
            failure, advice = "it printed no answer", render("rules/no_output")
        case ExecutionStatus.TIMEOUT | ExecutionStatus.MEMORY:
            resource = "time" if execution.status is ExecutionStatus.TIMEOUT else "memory"
            failure, advice = f"it used too much {resource}", render("rules/faster", resource=resource)
        case _:
            failure = last_error(execution)
            advice = render("rules/rewrite", error=failure)
    failures = _failures_in_a_row(guide_input.attempts)
    if failures >= FAILURES_BEFORE_TEXT:
        reason = f"{failures} programs failed in a row"
        return _continue(Action.TEXT, Mode.TEXT, render("rules/to_text"), reason)
    return _start_over(guide_input, advice, f"the program failed: {failure}")


def _after_answer(guide_input: GuideInput, last: Attempt, answer: str) -> Decision:
    """Judge an answer without support by its form and the checkers' reports."""
    options = choices(guide_input.question)
    if options is not None and not options.admit(answer):
        return _name_option(options) if last.mode is Mode.CODE else _ask_for_program(guide_input, last)
    if not fits(guide_input.question, answer):
        advice = render("rules/misfit", answer=answer[:MAX_ERROR_LENGTH])
        return _start_over(guide_input, advice, "the answer does not have the form of the question's example")
    if finding := _hard_coded(last):
        return _start_over(
            guide_input, render("rules/compute", finding=finding), "the program computes nothing"
        )
    if last.combined_verdict is Verdict.REFUTED:
        return _after_refutation(guide_input, last, answer)
    if not needs_computation(guide_input):
        return _return(guide_input, last, "nothing contradicts the answer")
    if all(attempt.mode is Mode.TEXT for attempt in guide_input.attempts):
        return _ask_for_program(guide_input, last)
    reason = "nothing supports the answer yet: a second, independent program"
    return _start_over(guide_input, render("rules/second"), reason)


def _after_refutation(guide_input: GuideInput, last: Attempt, answer: str) -> Decision:
    """Ask for a correction: of the program, or of the text unless the question needs a program."""
    by_code = last.mode is Mode.CODE or needs_computation(guide_input)
    action = Action.IMPROVE if by_code is (last.mode is Mode.CODE) else Action.CODE
    prompt = "rules/refuted" if by_code else "rules/refuted_text"
    advice = render(prompt, answer=answer[:MAX_ERROR_LENGTH], reason=last.refutation)
    reason = f"the answer was refuted: {last.refutation}"
    return _continue(action, Mode.CODE if by_code else Mode.TEXT, advice, reason)


def _ask_for_program(guide_input: GuideInput, last: Attempt) -> Decision:
    """Ask for a program after a text reply; start over if that reply ignored the request for one."""
    if last.decision.mode is Mode.CODE:
        return _start_over(guide_input, render("rules/to_code"), "the reply contains no program")
    reason = "a program has to confirm the text answer"
    return _continue(Action.CODE, Mode.CODE, render("rules/to_code"), reason)


def _name_option(options: Choices) -> Decision:
    """Ask which of the question's options follows from the program's output."""
    guidance = render("rules/form", choices=", ".join(options.names))
    return _continue(Action.TEXT, Mode.TEXT, guidance, "the answer is not one of the question's options")


def last_error(execution: ExecutionResult) -> str:
    """Return the last line of a traceback, followed by the line of the program that it points to."""
    lines = [line.strip() for line in execution.stderr.strip().splitlines() if line.strip(" ^~")]
    if not lines:
        return f"it ended with status {execution.status}"
    return " <- ".join(reversed(lines[-2:]))[:MAX_ERROR_LENGTH]


def _failures_in_a_row(attempts: Sequence[Attempt]) -> int:
    """Count the programs at the end of the run that produced no answer."""
    count = 0
    for attempt in reversed(attempts):
        if attempt.execution is None:
            break
        if attempt.is_finished and attempt.answer is not None:
            break
        count += 1
    return count


def _hard_coded(attempt: Attempt) -> str:
    """Return the finding that a program only prints a hard-coded answer; empty if it computes one."""
    report = attempt.code_report
    if report is None or report.answer_origin != "literal":
        return ""
    return report.findings[0].message if report.findings else "it prints a literal"


def _computes(attempt: Attempt) -> bool:
    return attempt.program is not None and not _hard_coded(attempt)


def _agree(one: Attempt, other: Attempt) -> bool:
    if one.answer is None or other.answer is None or not (one.is_finished and other.is_finished):
        return False
    return same_answer(one.answer, other.answer)


def _improve(last: Attempt, guidance: str, reason: str) -> Decision:
    return _continue(Action.IMPROVE, last.mode, guidance, reason)


def _start_over(guide_input: GuideInput, guidance: str, reason: str) -> Decision:
    """Hide the earlier attempts: a small model that sees its own program writes it again."""
    decision = _independent_programs(guide_input, guidance, f"{reason}: a fresh start")
    return replace(decision, start_over=True)


def _independent_programs(guide_input: GuideInput, guidance: str, reason: str) -> Decision:
    """Ask for as many independent programs as the run allows, up to ``INDEPENDENT_PROGRAMS``."""
    count = min(INDEPENDENT_PROGRAMS, guide_input.candidates)
    return replace(_continue(Action.CODE, Mode.CODE, guidance, reason), candidates=count)


def _continue(action: Action, mode: Mode, guidance: str, reason: str) -> Decision:
    return Decision(action=action, mode=mode, guidance=guidance, reason=reason, guide=RulesGuide.name)


def _return(guide_input: GuideInput, attempt: Attempt, reason: str) -> Decision:
    numbers = (number for number, one in enumerate(guide_input.attempts, 1) if one is attempt)
    return Decision(
        action=Action.RETURN,
        mode=attempt.mode,
        attempt=next(numbers, None),
        reason=reason,
        guide=RulesGuide.name,
    )
