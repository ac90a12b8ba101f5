"""``vote:tokens`` writes as many programs as its reference's tokens pay for."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage
from tests.evals.test_methods import FourSlots, run
from tests.support.guide_inputs import later
from tests.support.models import ScriptedModel, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox, crashed

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.registry import load_method
from codesteer.evals.methods.voting import TokenVotingGuide
from codesteer.guides.decision import Action
from codesteer.models.usage import total

PROGRAM, TOKENS = code("print(6)"), 13
"""A program and what a scripted model reports for it."""


async def vote(tokens: int, programs: int, model: ScriptedModel | None = None, *outputs: Any) -> Any:
    sandbox = ScriptedSandbox(*(outputs or ["<<<6>>>"] * programs))
    return await run("vote:tokens", model or scripted(*[PROGRAM] * programs), sandbox, max_tokens=tokens)


async def test_a_budget_that_is_used_up_exactly_ends_the_run() -> None:
    state = await vote(3 * TOKENS, 3)
    assert (len(state["turns"]), state["outcome"], state["answer"]) == (3, "budget_spent", "6")
    assert total(state["usage"]).tokens == 3 * TOKENS
    assert [turn.candidate for turn in state["turns"]] == [0, 0, 1], "one program first, then all that fit"


async def test_tokens_that_are_left_pay_for_one_more_program() -> None:
    state = await vote(3 * TOKENS + 1, 4)
    assert [turn.candidate for turn in state["turns"]] == [0, 0, 1, 0]
    assert total(state["usage"]).tokens == 4 * TOKENS


@pytest.mark.parametrize("tokens", [1, TOKENS - 1, TOKENS])
async def test_one_program_is_always_written(tokens: int) -> None:
    assert len((await vote(tokens, 1))["turns"]) == 1


async def test_a_wave_is_no_wider_than_the_model_allows() -> None:
    state = await vote(7 * TOKENS, 7, FourSlots(script=[PROGRAM] * 7))
    assert [turn.candidate for turn in state["turns"]] == [0, 0, 1, 2, 3, 0, 1]


async def test_programs_are_independent_and_get_the_prompt_of_code() -> None:
    model, alone = scripted(*[PROGRAM] * 3), scripted(PROGRAM)
    await vote(3 * TOKENS, 3, model)
    await run("code", alone, ScriptedSandbox("<<<6>>>"))
    assert {texts(messages)[-1] for messages in model.asked} == {texts(alone.asked[0])[0]}
    assert all(len(messages) == 1 for messages in model.asked)


async def test_a_program_that_fails_is_an_attempt_without_a_vote() -> None:
    failed = crashed("NameError: boom")
    state = await vote(4 * TOKENS, 4, None, failed, "<<<5>>>", "<<<6>>>", "<<<6.0>>>")
    assert (state["answer"], state["turns"][0].answer) == ("6", None)


async def test_the_most_programs_of_a_run() -> None:
    state = await vote(100 * TOKENS, 20)
    assert len(state["turns"]) == 20
    assert total(state["usage"]).tokens == 20 * TOKENS


async def test_an_endpoint_that_reports_no_tokens_is_held_to_an_estimate() -> None:
    state = await vote(100, 1, scripted(AIMessage(PROGRAM)))
    assert (len(state["turns"]), state["outcome"]) == (1, "budget_spent")
    used = total(state["usage"])
    assert (used.estimated_calls, used.tokens >= 100) == (1, True)


async def test_without_tokens_left_the_guide_returns() -> None:
    state = await vote(TOKENS, 1)
    decision = await TokenVotingGuide().decide(later(*state["turns"]))
    assert decision.action is Action.RETURN


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("vote:tokens", "steer:rules"),
        ("vote:tokens:codeact", "codeact"),
        ("vote:tokens:steer:openai:gpt-4o", "steer:openai:gpt-4o"),
        ("vote:tokens:vote:3", "vote:3"),
    ],
)
def test_the_reference_is_part_of_the_name(name: str, reference: str) -> None:
    assert load_method(name).reference == reference


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("vote:tokens:", "such as vote:tokens:steer:rules"),
        ("vote:tokens:vote:tokens", "such as vote:tokens:steer:rules"),
        ("vote:tokens:nonsense", "unknown method 'nonsense'"),
        ("vote:tokens:steer", "write steer:rules"),
        ("vote:token", "choose one of question"),
        ("vote", "choose one of"),
    ],
)
def test_a_wrong_name_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=hint):
        load_method(name)
