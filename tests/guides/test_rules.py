"""The rules guide gives the right advice for every kind of evidence."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from tests.support.sandboxes import crashed, printed, stopped

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.code_report import CodeReport, Finding
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.guides.rules import RulesGuide, decide, last_error, looks_computational
from codesteer.sandboxes.execution import ExecutionStatus

QUESTION = "How many of the numbers 1 to 20 are prime?"
BY_RULES = Decision(action=Action.CODE, mode=Mode.CODE, reason="r", guide="rules")


def attempt(**fields: Any) -> Attempt:
    values: dict[str, Any] = {
        "decision": BY_RULES,
        "reply": "…",
        "program": "print(8)",
        "answer": "8",
        "execution": printed("8"),
    }
    return Attempt(**values | fields)


def checked(verdict: Verdict, reason: str = "") -> AnswerReport:
    return AnswerReport(verdict=verdict, reason=reason)


def after(*attempts: Attempt, question: str = QUESTION) -> Decision:
    return decide(GuideInput(question=question, attempts=attempts, turns_left=3))


@pytest.mark.parametrize(
    ("question", "computational"),
    [
        (QUESTION, True),
        ("What is 5343235 * 143433327?", True),
        ("Rotate the matrix by 90 degrees: 1 2, 3 4", True),
        ("Solve the puzzle on this grid.", True),
        ("Which city is the capital of France?", False),
        ("Why did the Roman empire fall?", False),
        ("Is this different from the other one?", False),
        ("Wie viele Primzahlen liegen zwischen 1000 und 2000?", True),
        ("Combien de nombres premiers y a-t-il entre 1000 et 2000 ?", True),
        ("¿Cuántos números primos hay entre 1000 y 2000?", True),
        ("Quanti numeri primi ci sono tra 1000 e 2000?", True),
        ("Quantos números primos existem entre 1000 e 2000?", True),
        ("Сколько простых чисел между 1000 и 2000?", True),
        ("1000到2000之间有多少个质数？", True),
        ("1000から2000までに素数はいくつありますか？", True),
        ("1000과 2000 사이에 소수는 몇 개입니까?", True),
        ("Warum ging das Römische Reich unter?", False),
        ("Quelle est la capitale de la France ?", False),
        ("法国的首都是哪个城市？", False),
    ],
)
def test_code_is_chosen_for_computational_questions(question: str, computational: bool) -> None:
    assert looks_computational(question) is computational
    assert after(question=question).action is (Action.CODE if computational else Action.TEXT)


TRUTH = "Count the steps. Vina tells the truth. Helene says Vina lies. Does Helene tell the truth?"


def test_words_are_heard_too_where_few_answers_are_possible() -> None:
    wave = decide(GuideInput(question=TRUTH, turns_left=5, candidates=2))
    assert (wave.action, wave.candidates) == (Action.CODE, 2)
    assert [wave.for_candidate(number).mode for number in range(3)] == [Mode.CODE, Mode.TEXT, Mode.CODE]
    single = decide(GuideInput(question=TRUTH, turns_left=5, candidates=1))
    assert (single.action, single.candidates) == (Action.CODE, 1)
    assert not decide(GuideInput(question=QUESTION, turns_left=5, candidates=2)).plans


def test_an_answer_without_the_form_of_the_example_is_not_accepted() -> None:
    question = f"{QUESTION} Answer like <<<5>>>."
    misfit = attempt(answer="No solution found")
    decision = after(misfit, question=question)
    assert (decision.action, decision.start_over) == (Action.CODE, True)
    assert "No solution found" in decision.guidance
    assert after(misfit, misfit, question=question).action is Action.CODE, "not even if two agree"
    assert after(attempt(), attempt(), question=question).action is Action.RETURN


PRIMES = "How many primes are there among the numbers from 1 to 1000?"


@pytest.mark.parametrize(
    ("earlier", "question", "action"),
    [
        (PRIMES, "And for 2000 to 3000?", Action.CODE),
        (PRIMES, "Und von 2000 bis 3000?", Action.CODE),
        (PRIMES, "What about the even numbers?", Action.CODE),
        (PRIMES, "Without the first three?", Action.CODE),
        (PRIMES, "¿Y entre 5000 y 6000?", Action.CODE),
        (PRIMES, "What is the capital of France?", Action.TEXT),
        (PRIMES, "Why is that useful to people who keep secrets?", Action.TEXT),
        ("What is the capital of France?", "And of Spain?", Action.TEXT),
        ("What is the capital of France?", "And in 1940?", Action.TEXT),
    ],
)
def test_a_follow_up_is_read_with_the_question_before_it(earlier: str, question: str, action: Action) -> None:
    history = [HumanMessage(earlier), AIMessage("168")]
    assert decide(GuideInput(question=question, history=history, turns_left=5)).action is action


def test_the_first_question_of_a_conversation_follows_up_on_nothing() -> None:
    assert decide(GuideInput(question="And for 2000 to 3000?", turns_left=5)).action is Action.TEXT


def test_after_a_failed_program_a_new_one_is_asked_for_with_the_error() -> None:
    failed = attempt(execution=crashed("ZeroDivisionError: division by zero"), answer=None)
    decision = after(failed)
    assert (decision.action, decision.mode, decision.start_over) == (Action.CODE, Mode.CODE, True)
    assert "ZeroDivisionError: division by zero" in decision.guidance


def test_repeated_failures_end_in_text() -> None:
    failed = attempt(execution=crashed("NameError: x"), answer=None)
    silent = attempt(execution=printed(""), answer=None)
    assert after(failed, silent, failed).start_over
    assert after(failed, silent, failed, failed).action is Action.TEXT
    assert after(failed, failed, failed, attempt(), failed).start_over, (
        "an answer in between resets the count"
    )


@pytest.mark.parametrize(
    ("status", "resource"), [(ExecutionStatus.TIMEOUT, "time"), (ExecutionStatus.MEMORY, "memory")]
)
def test_a_program_over_its_limits_needs_a_better_algorithm(status: ExecutionStatus, resource: str) -> None:
    decision = after(attempt(execution=stopped(status), answer=None))
    assert f"too much {resource}" in decision.guidance


@pytest.mark.parametrize("output", ["", "None"])
def test_a_program_without_an_answer_is_followed_by_advice_to_print_one(output: str) -> None:
    decision = after(attempt(execution=printed(output), answer=None))
    assert decision.start_over
    assert "found no answer" in decision.guidance


def test_a_confirmed_answer_is_returned_even_if_it_is_a_literal() -> None:
    literal = CodeReport(answer_origin="literal", complexity=0.0)
    decision = after(attempt(code_report=literal, answer_report=checked(Verdict.CONFIRMED)))
    assert decision.action is Action.RETURN


def test_a_program_that_computes_nothing_must_compute() -> None:
    finding = Finding(kind="prints_literal", line=1, message="the answer is written down")
    report = CodeReport(answer_origin="literal", complexity=0.0, findings=(finding,))
    decision = after(attempt(code_report=report))
    assert decision.start_over
    assert "the answer is written down" in decision.guidance


def test_the_guidance_after_a_refutation_names_the_violated_constraint() -> None:
    decision = after(attempt(answer_report=checked(Verdict.REFUTED, "19 is prime, too")))
    assert decision.action is Action.IMPROVE
    assert "19 is prime, too" in decision.guidance


def test_two_attempts_that_agree_outweigh_a_refutation() -> None:
    refuted = attempt(answer_report=checked(Verdict.REFUTED, "no"))
    assert after(refuted, refuted).action is Action.RETURN


def test_a_repeated_literal_is_returned() -> None:
    literal = attempt(code_report=CodeReport(answer_origin="literal", complexity=0.0))
    assert after(literal).start_over
    assert after(literal, literal).action is Action.RETURN


def test_an_unsupported_answer_is_computed_again_from_scratch() -> None:
    unsure = attempt(answer_report=checked(Verdict.UNCLEAR, "?"))
    second = after(unsure)
    assert (second.action, second.start_over) == (Action.CODE, True)
    assert after(unsure, unsure).action is Action.RETURN
    assert after(unsure, attempt(answer="9"), attempt(answer="8")).action is Action.RETURN


def test_an_answer_that_is_not_an_option_is_followed_by_a_text_turn() -> None:
    question = "Which of these numbers is prime?\nOptions:\n(A) 8\n(B) 9\n(C) 7\n"
    assert after(attempt(answer="7"), question=question).start_over, "an option's text names it"
    vague = attempt(answer="it is prime")
    named = after(vague, question=question)
    assert (named.action, named.mode, named.start_over) == (Action.TEXT, Mode.TEXT, False)
    assert "A, B, C" in named.guidance
    text_attempt = attempt(program=None, execution=None, answer="C")
    assert after(vague, text_attempt, question=question).start_over
    assert after(vague, text_attempt, vague, question=question).action is Action.RETURN


def test_a_text_answer_that_is_not_an_option_is_followed_by_a_program() -> None:
    question = "Ann is older than Bob.\nOptions:\n(A) Ann is the youngest\n(B) Bob is the youngest\n"
    first = after(question=question)
    text_attempt = attempt(decision=first, program=None, execution=None, answer="answer")
    decision = after(text_attempt, question=question)
    assert (decision.action, decision.start_over) == (Action.CODE, False)


def test_a_reply_without_the_requested_program_leads_to_a_fresh_start() -> None:
    text_attempt = attempt(program=None, execution=None)
    decision = after(text_attempt)
    assert (decision.action, decision.start_over) == (Action.CODE, True)


def test_an_answer_without_computation_needs_no_support() -> None:
    text_attempt = attempt(program=None, execution=None)
    assert after(text_attempt, question="Which city is the capital of France?").action is Action.RETURN


def test_a_text_answer_to_a_computational_question_is_followed_by_a_program() -> None:
    by_text = Decision(action=Action.TEXT, mode=Mode.TEXT, reason="r", guide="g")
    text_attempt = attempt(decision=by_text, program=None, execution=None)
    decision = after(text_attempt)
    assert (decision.action, decision.start_over) == (Action.CODE, False)


def test_the_guidance_after_a_rejected_program_contains_the_reason() -> None:
    refused = attempt(execution=None, answer=None, refusal="it deletes files")
    assert "it deletes files" in after(refused).guidance


def test_the_error_comes_first_and_its_location_second() -> None:
    assert last_error(crashed("ZeroDivisionError: zero")) == "ZeroDivisionError: zero <- x = 1 / 0"
    assert last_error(stopped(ExecutionStatus.KILLED)) == "it ended with status killed"


async def test_the_guide_costs_nothing() -> None:
    decision = await RulesGuide().decide(GuideInput(question=QUESTION, turns_left=5))
    assert decision.usage.calls == 0
    assert decision.guide == "rules"


TEXT_ANSWER: dict[str, Any] = {"program": None, "execution": None, "reply": "It is 8. <<<8>>>"}


@pytest.mark.parametrize(
    ("question", "fields", "expected", "asks_for"),
    [
        (QUESTION, {}, (Action.IMPROVE, Mode.CODE), "corrected program"),
        (QUESTION, TEXT_ANSWER, (Action.CODE, Mode.CODE), "corrected program"),
        ("Which city is it?", TEXT_ANSWER, (Action.IMPROVE, Mode.TEXT), "correct the answer"),
        ("Which city is it?", {}, (Action.IMPROVE, Mode.CODE), "corrected program"),
    ],
)
def test_a_refuted_answer_is_corrected_in_the_form_that_the_guidance_names(
    question: str, fields: dict[str, Any], expected: tuple[Action, Mode], asks_for: str
) -> None:
    refuted = attempt(**fields, answer_report=checked(Verdict.REFUTED, "too small"))
    decision = after(refuted, question=question)
    assert (decision.action, decision.mode) == expected
    assert asks_for in decision.guidance
    assert "too small" in decision.guidance
