"""A model that steers: by structured output, by readable text, or replaced by the rules."""

import json
from typing import Any

import pytest
from tests.guides.test_rules import BY_RULES, attempt
from tests.support.endpoint import serve
from tests.support.models import scripted, texts
from tests.support.sandboxes import crashed
from tests.support.situations import START, later

from codesteer.errors import ConfigurationError, ModelUnavailableError
from codesteer.guides.chat_model import ChatModelGuide, conversation, decision_text
from codesteer.guides.decision import Action, Mode
from codesteer.guides.factory import resolve_guide
from codesteer.guides.parsing import Choice, read_choice
from codesteer.guides.rules import RulesGuide
from codesteer.models.resolve import resolve_model


@pytest.mark.parametrize(
    ("reply", "action", "guidance"),
    [
        ('{"action": "code", "guidance": "Sieve.", "reason": "r"}', Action.CODE, "Sieve."),
        ('Sure!\n```json\n{"action": "TEXT"}\n```', Action.TEXT, ""),
        ('<think>{"action": "text"}</think>{"action": "code"}', Action.CODE, ""),
        ('{"action": "code", "guidance": "line one\nline two"}', Action.CODE, "line one\nline two"),
        ("Code: use a sieve", Action.CODE, "use a sieve"),
        ("**Decision: text** think first", Action.TEXT, "think first"),
    ],
)
async def test_readable_decisions(reply: str, action: Action, guidance: str) -> None:
    decision = await ChatModelGuide(scripted(reply), "m").decide(START)
    assert (decision.action, decision.guidance, decision.guide) == (action, guidance, "m")
    assert decision.fallback == ""
    assert decision.usage.calls == 1


@pytest.mark.parametrize(
    "reply", ["", "I would think about primes.", '{"action": "dance"}', "{" * 500, '{"action": "return"}']
)
async def test_an_unreadable_or_senseless_decision_falls_back_to_the_rules(reply: str) -> None:
    decision = await ChatModelGuide(scripted(reply), "m").decide(START)
    assert (decision.guide, decision.action) == ("rules", Action.CODE)
    assert "m gave no readable decision" in decision.fallback
    assert decision.usage.calls == 1, "the call was paid all the same"


async def test_improving_keeps_the_mode_of_the_last_attempt() -> None:
    guide = ChatModelGuide(scripted('{"action": "improve", "guidance": "Check 1."}'), "m")
    told = attempt(program=None, execution=None)
    assert (await guide.decide(later(told))).mode is Mode.TEXT


@pytest.mark.parametrize(
    ("reply", "anew"),
    [
        ('{"action": "code", "start_over": true}', True),
        ('{"action": "text", "start_over": true}', True),
        ('{"action": "code", "start_over": "yes"}', False),
        ('{"action": "code"}', False),
        ('{"action": "improve", "start_over": true}', False),
        ('{"action": "return", "start_over": true}', False),
    ],
)
async def test_a_model_can_have_the_worker_start_over(reply: str, anew: bool) -> None:
    decision = await ChatModelGuide(scripted(reply), "m").decide(later(attempt()))
    assert decision.start_over is anew
    assert read_choice(decision_text(decision)) == Choice(
        decision.action, decision.guidance, decision.reason, start_over=anew
    )


async def test_there_is_nothing_to_start_over_at_first() -> None:
    guide = ChatModelGuide(scripted('{"action": "code", "start_over": true}'), "m")
    assert not (await guide.decide(START)).start_over


async def test_an_ending_carries_no_guidance() -> None:
    guide = ChatModelGuide(scripted('{"action": "return", "guidance": "Well done."}'), "m")
    assert (await guide.decide(later(attempt()))).guidance == ""


def test_the_conversation_only_grows_at_its_end_and_holds_the_evidence() -> None:
    failed = attempt(execution=crashed("ValueError: bad"), answer=None)
    one, two = conversation(later(failed)), conversation(later(failed, attempt()))
    assert texts(two)[: len(one)] == texts(one)
    assert "ValueError: bad" in one[-1].text
    assert json.loads(one[2].text)["action"] == BY_RULES.action


@pytest.mark.enable_socket
async def test_structured_output_is_used_where_the_endpoint_has_it() -> None:
    with serve('{"action": "code", "guidance": "g", "reason": "r"}') as endpoint:
        decision = await ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m").decide(START)
        assert "response_format" in endpoint.requests[0]
    assert (decision.action, decision.usage.input_tokens) == (Action.CODE, 20)


@pytest.mark.enable_socket
async def test_the_form_of_the_first_turn_offers_only_a_start() -> None:
    with serve('{"action": "code"}', '{"action": "return"}') as endpoint:
        guide = ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m")
        await guide.decide(START)
        await guide.decide(later(attempt()))
        forms = [request["response_format"]["json_schema"]["schema"] for request in endpoint.requests]
    first, then = [set(form["properties"]["action"]["enum"]) for form in forms]
    assert first == {"code", "text"}
    assert then == {action.value for action in Action}


@pytest.mark.enable_socket
async def test_an_endpoint_that_refuses_structured_output_is_asked_in_plain_words() -> None:
    refusal: Any = (400, {"error": {"message": "response_format is not supported"}})
    with serve(refusal, '{"action": "text"}') as endpoint:
        guide = ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m")
        assert (await guide.decide(START)).action is Action.TEXT
        assert (await guide.decide(START)).action is Action.TEXT
        assert ["response_format" in request for request in endpoint.requests] == [True, False, False]


async def test_a_dead_guide_is_an_error() -> None:
    with pytest.raises(ModelUnavailableError):
        await ChatModelGuide(scripted(ModelUnavailableError("down")), "m").decide(START)


def test_names_lead_to_guides() -> None:
    assert isinstance(resolve_guide("rules"), RulesGuide)
    with pytest.raises(ConfigurationError, match="unknown model"):
        resolve_guide("nonsense")
