"""A truncated reply is continued once, then a shorter one is requested."""

from dataclasses import replace

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.runnables.base import RunnableBinding
from langchain_openai import ChatOpenAI
from tests.guides.test_rules import attempt
from tests.support.models import scripted, texts, truncated

from codesteer.checkers.question_choices import as_choice
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.models.completion import read_completion
from codesteer.nodes.task_messages import task_messages
from codesteer.nodes.writing import (
    DEFAULT_RETRY_TEMPERATURE,
    ask_with_continuation,
    start_turn,
    with_retry_sampling,
)
from codesteer.replies.answers import output_answer
from codesteer.replies.programs import extract_program

MESSAGES = [HumanMessage("q")]
CODE = Decision(action=Action.CODE, mode=Mode.CODE, guidance="g1", reason="r", guide="rules")
IMPROVE = Decision(action=Action.IMPROVE, mode=Mode.CODE, guidance="g2", reason="r", guide="rules")
TEXT = Decision(action=Action.TEXT, mode=Mode.TEXT, guidance="g3", reason="r", guide="rules")


async def test_a_complete_reply_stays_unchanged() -> None:
    model = scripted("done")
    assert (await ask_with_continuation(model, MESSAGES)).text == "done"


async def test_a_truncated_program_is_continued_across_a_new_fence() -> None:
    model = scripted(truncated("```python\nx = 1\n"), "```python\nprint(x)\n```")
    completion = await ask_with_continuation(model, MESSAGES)
    assert extract_program(completion.text) == "x = 1\nprint(x)"
    assert completion.usage.calls == 2
    assert "exactly where it stopped" in texts(model.asked[1])[-1]


async def test_a_shorter_reply_is_requested_after_a_truncated_continuation() -> None:
    model = scripted(truncated("a" * 5), truncated("b" * 5), "```python\nprint(1)\n```")
    completion = await ask_with_continuation(model, MESSAGES)
    assert extract_program(completion.text) == "print(1)"
    assert completion.usage.calls == 3


async def test_a_repetitive_reply_stays_unchanged() -> None:
    circles = "round and round and round it goes, and never comes to any kind of end. " * 20
    completion = await ask_with_continuation(scripted(truncated(circles)), MESSAGES)
    assert (completion.text, completion.usage.calls) == (circles, 1)


def test_the_full_instructions_are_repeated_only_for_a_new_mode() -> None:
    attempts = [attempt(decision=CODE), attempt(decision=IMPROVE)]
    messages = task_messages([SystemMessage("be kind")], "q", attempts, TEXT)
    first, second, third = (message.text for message in messages if isinstance(message, HumanMessage))
    assert messages[0].text == "be kind"
    assert first.startswith("q\n\ng1\nFirst think step by step")
    assert "g2\nWrite the whole program again" in second
    assert "g3\nAnswer by reasoning" in third


def test_a_truncated_text_has_no_answer() -> None:
    unmarked, marked = (
        read_completion(truncated(text), [], 0.0) for text in ("It is prob", "<<<4>>> because")
    )
    assert start_turn(1, TEXT, unmarked, question="?").answer is None
    assert start_turn(1, TEXT, marked, question="?").answer == "4"


def cut(text: str) -> AIMessage:
    return AIMessage(text, response_metadata={"finish_reason": "content_filter"})


@pytest.mark.parametrize(
    ("reply", "answer", "program"),
    [
        ("The answer is <<<4", None, None),
        ("The answer is 4", None, None),
        ("<<<42>>> because", "42", None),
        ("", None, None),
        ("```python\nprint(4", None, None),
        ("```python\nx = 4\nprint(x)\n", None, None),
        ("print(4)\nprint(5", None, None),
        ("print(4)", None, None),
        ("<think>so</think>\n```python\nprint(4)\n", None, None),
        ("```python\nprint(4)\n```\nThis pri", None, "print(4)"),
    ],
)
def test_a_reply_that_a_filter_cut_is_no_full_answer(
    reply: str, answer: str | None, program: str | None
) -> None:
    turn = start_turn(1, TEXT, read_completion(cut(reply), [], 0.0), question="?")
    assert (turn.answer, turn.program) == (answer, program)


@pytest.mark.parametrize("mode", Mode)
async def test_a_reply_that_a_filter_cut_is_not_continued(mode: Mode) -> None:
    model = scripted(cut("The answer is <<<4"))
    reply = await ask_with_continuation(model, [HumanMessage("?")], mode)
    assert (reply.text, reply.incomplete, reply.usage.calls) == ("The answer is <<<4", True, 1)


@pytest.mark.parametrize("cut_at", [1, 2])
async def test_a_continuation_that_a_filter_cut_is_incomplete(cut_at: int) -> None:
    replies = [truncated("```python\nprint(4"), truncated(" + 4"), truncated("```python\nprint(8)")]
    replies[cut_at] = cut(" + 4")
    reply = await ask_with_continuation(scripted(*replies), [HumanMessage("?")])
    assert (reply.cut, reply.truncated, reply.usage.calls) == (True, False, cut_at + 1)


COLOURS = "Which is red?\n(A) the sky\n(B) the cup\n(C) the sea"


@pytest.mark.parametrize(
    ("question", "reply", "answer"),
    [
        *(
            (COLOURS, reply, "B")
            for reply in (
                "<<<(B)>>>",
                "<<<B) the cup>>>",
                "<<<B.>>>",
                "<<<Option B>>>",
                "<<<the cup>>>",
                r"\boxed{\text{(B)}}",
            )
        ),
        *(("Is 7 prime?", f"<<<{reply}>>>", "Yes") for reply in ("Yes.", "True", "Yes, it is", "**yes**")),
        ("Is 7 prime?", "<<<false>>>", "No"),
        ("How many?", "<<<True>>>", "True"),
        ("Which is red?", "<<<(B)>>>", "(B)"),
    ],
)
def test_a_reply_names_a_choice_as_a_program_does(question: str, reply: str, answer: str) -> None:
    completion = read_completion(AIMessage(reply), [], 0.0)
    assert start_turn(1, TEXT, completion, question=question).answer == answer
    assert as_choice(question, output_answer(reply) or "") == answer


def test_a_fresh_start_hides_earlier_attempts() -> None:
    fresh = replace(CODE, guidance="g4", start_over=True)
    attempts = [attempt(decision=CODE), attempt(decision=IMPROVE)]
    (only,) = task_messages([], "q", attempts, fresh)
    assert only.text.startswith("q\n\ng4\nFirst think step by step")
    later = task_messages([], "q", [*attempts, attempt(decision=fresh, reply="r3")], IMPROVE)
    assert [message.text.split("\n")[0] for message in later] == ["q", "r3", "The program printed:"]


def test_retries_are_sampled_each_with_its_own_seed() -> None:
    model = ChatOpenAI(model="m", api_key="k", seed=5)  # type: ignore[arg-type]
    assert with_retry_sampling(model, 1, 0.7) is model
    assert with_retry_sampling(model, 3, None) is model
    bound = with_retry_sampling(model, 3, 0.4)
    assert isinstance(bound, RunnableBinding)
    assert bound.kwargs == {"temperature": 0.4, "seed": 8}


def test_a_greedy_model_is_sampled_on_retries_by_default() -> None:
    greedy = ChatOpenAI(model="m", api_key="k", seed=5, temperature=0)  # type: ignore[arg-type]
    assert with_retry_sampling(greedy, 1, None) is greedy
    for asked, used in ((None, DEFAULT_RETRY_TEMPERATURE), (0.0, 0.0)):
        bound = with_retry_sampling(greedy, 2, asked)
        assert isinstance(bound, RunnableBinding)
        assert bound.kwargs["temperature"] == used
