"""A chat model as guide: structured output, text, and the fallback to the rules."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage
from pydantic import Field
from tests.guides.test_rules import BY_RULES, attempt
from tests.support.endpoint import completion, serve
from tests.support.guide_inputs import START, later
from tests.support.models import ScriptedModel, scripted, texts
from tests.support.sandboxes import crashed

from codesteer.errors import ConfigurationError, ModelUnavailableError
from codesteer.guides import published
from codesteer.guides.chat_model import ChatModelGuide, decision_text, guide_messages
from codesteer.guides.decision import Action, Mode
from codesteer.guides.factory import resolve_guide
from codesteer.guides.parsing import ParsedDecision, parse_decision
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


@pytest.mark.parametrize("reply", ["", "I would think about primes.", '{"action": "dance"}', "{" * 500])
async def test_an_invalid_decision_falls_back_to_the_rules(reply: str) -> None:
    decision = await ChatModelGuide(scripted(reply), "m").decide(START)
    assert (decision.guide, decision.action) == ("rules", Action.CODE)
    assert "m gave no readable decision" in decision.fallback
    assert decision.usage.calls == 1, "the call counts nevertheless"


@pytest.mark.parametrize("action", ["improve", "return", "terminate"])
async def test_before_the_first_attempt_there_is_nothing_to_end(action: str) -> None:
    decision = await ChatModelGuide(scripted(json.dumps({"action": action})), "m").decide(START)
    assert (decision.guide, decision.action) == ("rules", Action.CODE)
    assert f"nothing to {action} yet" in decision.fallback


async def test_without_an_answer_there_is_nothing_to_return() -> None:
    failed = attempt(answer=None, execution=crashed("ValueError: x"))
    decision = await ChatModelGuide(scripted('{"action": "return"}'), "m").decide(later(failed))
    assert decision.guide == "rules"
    assert decision.action is not Action.RETURN
    assert "nothing to return yet" in decision.fallback


async def test_improving_keeps_the_mode_of_the_last_attempt() -> None:
    guide = ChatModelGuide(scripted('{"action": "improve", "guidance": "Check 1."}'), "m")
    text_attempt = attempt(program=None, execution=None)
    assert (await guide.decide(later(text_attempt))).mode is Mode.TEXT


@pytest.mark.parametrize(
    ("reply", "starts_over"),
    [
        ('{"action": "code", "start_over": true}', True),
        ('{"action": "text", "start_over": true}', True),
        ('{"action": "code", "start_over": "yes"}', False),
        ('{"action": "code"}', False),
        ('{"action": "improve", "start_over": true}', False),
        ('{"action": "return", "start_over": true}', False),
    ],
)
async def test_a_model_can_have_the_worker_start_over(reply: str, starts_over: bool) -> None:
    decision = await ChatModelGuide(scripted(reply), "m").decide(later(attempt()))
    assert decision.start_over is starts_over
    assert parse_decision(decision_text(decision)) == ParsedDecision(
        decision.action, decision.guidance, decision.reason, start_over=starts_over
    )


@pytest.mark.parametrize(
    "reply",
    [
        'The program printed {"action": "return"}.\n{"action": "code", "guidance": "Sieve."}',
        '> {"action": "terminate"}\n\n```json\n{"action": "code", "guidance": "Sieve."}\n```',
        '{"quote": {"action": "return"}, "action": "code", "guidance": "Sieve."}',
        '{"action": "return"}' * 30 + '{"action": "code", "guidance": "Sieve."}',
        "{" * 300 + '\n{"action": "code", "guidance": "Sieve."}',
    ],
)
def test_a_quoted_decision_is_ignored(reply: str) -> None:
    choice = parse_decision(reply)
    assert choice is not None
    assert (choice.action, choice.guidance) == (Action.CODE, "Sieve.")


async def test_the_first_decision_never_starts_over() -> None:
    guide = ChatModelGuide(scripted('{"action": "code", "start_over": true}'), "m")
    assert not (await guide.decide(START)).start_over


async def test_a_final_decision_has_no_guidance() -> None:
    guide = ChatModelGuide(scripted('{"action": "return", "guidance": "Well done."}'), "m")
    assert (await guide.decide(later(attempt()))).guidance == ""


def test_the_conversation_only_grows_at_its_end_and_contains_the_evidence() -> None:
    failed = attempt(execution=crashed("ValueError: bad"), answer=None)
    one, two = guide_messages(later(failed)), guide_messages(later(failed, attempt()))
    assert texts(two)[: len(one)] == texts(one)
    assert "ValueError: bad" in one[-1].text
    assert json.loads(one[2].text)["action"] == BY_RULES.action


@pytest.mark.enable_socket
async def test_structured_output_is_used_if_the_endpoint_supports_it() -> None:
    with serve('{"action": "code", "guidance": "g", "reason": "r"}') as endpoint:
        decision = await ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m").decide(START)
        assert "response_format" in endpoint.requests[0]
    assert (decision.action, decision.usage.input_tokens) == (Action.CODE, 20)


@pytest.mark.enable_socket
async def test_the_schema_of_the_first_turn_offers_only_code_and_text() -> None:
    with serve('{"action": "code"}', '{"action": "return"}') as endpoint:
        guide = ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m")
        await guide.decide(START)
        await guide.decide(later(attempt()))
        forms = [request["response_format"]["json_schema"]["schema"] for request in endpoint.requests]
    first, then = [set(form["properties"]["action"]["enum"]) for form in forms]
    assert first == {"code", "text"}
    assert then == {action.value for action in Action}


@pytest.mark.enable_socket
async def test_an_endpoint_without_structured_output_is_asked_in_plain_text() -> None:
    refusal: Any = (400, {"error": {"message": "response_format is not supported"}})
    with serve(refusal, '{"action": "text"}') as endpoint:
        guide = ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m")
        assert (await guide.decide(START)).action is Action.TEXT
        assert (await guide.decide(START)).action is Action.TEXT
        assert ["response_format" in request for request in endpoint.requests] == [True, False, False]


async def test_an_unavailable_guide_is_an_error() -> None:
    with pytest.raises(ModelUnavailableError):
        await ChatModelGuide(scripted(ModelUnavailableError("down")), "m").decide(START)


def test_guides_are_resolved_by_name() -> None:
    assert isinstance(resolve_guide("rules"), RulesGuide)
    with pytest.raises(ConfigurationError, match="unknown guide"):
        resolve_guide("nonsense")


TRUNCATED = [
    '{"action": "code", "guidance": "Use',
    '{"action": "code"',
    '{"action": "code",',
    '{"action": "cod',
    '{"action":',
    '{"plan": {"action": "code"}, "action": "ret',
    '```json\n{"action": "code", "guidance": "Use\n```',
    '```\n{"action": "code", "guidance": "Use',
    '**{"action": "code", "guidance": "Use',
    '[{"action": "code"}, {"action": "te',
    'Sure: {"steps": ["a", {"action": "text"}, "b',
]


@pytest.mark.parametrize("text", TRUNCATED)
@pytest.mark.parametrize("truncated", [False, True])
def test_a_truncated_object_is_not_a_decision(text: str, truncated: bool) -> None:
    choice = parse_decision(text, truncated=truncated)
    assert choice is None or text.startswith("["), "a complete object in a list may count"


@pytest.mark.parametrize("text", ["Code: use a sie", "text", "**Decision: text** think fi", "return"])
def test_truncated_words_are_not_a_decision(text: str) -> None:
    assert parse_decision(text) is not None
    assert parse_decision(text, truncated=True) is None


@pytest.mark.parametrize(
    "text", ['{"action": "code"}', '{"action": "code"} and then I went on and', '{x} {"action": "code"}']
)
def test_a_complete_object_counts_even_if_the_rest_is_truncated(text: str) -> None:
    assert parse_decision(text, truncated=True) == ParsedDecision(Action.CODE)


def test_a_nested_decision_counts() -> None:
    assert parse_decision('{"decision": {"action": "code"}}') == ParsedDecision(Action.CODE)


@given(st.integers(1, 80))
def test_no_prefix_of_a_decision_is_a_decision(length: int) -> None:
    whole = '{"start_over": false, "action": "code", "guidance": "Do {it} well.", "reason": "r"}'
    assert parse_decision(whole) is not None
    assert parse_decision(whole[: min(length, len(whole) - 1)]) is None
    assert published.parse_reply(whole[:length], later(attempt()), True) is None


def truncated(text: str) -> AIMessage:
    return AIMessage(text, response_metadata={"finish_reason": "length"})


class TokenLimitedModel(ScriptedModel):
    """A model with a token limit for its replies."""

    max_tokens: int | None = None
    token_limits: list[int | None] = Field(default_factory=list)

    def next_reply(self, messages: list[BaseMessage]) -> str | AIMessage:
        self.token_limits.append(self.max_tokens)
        return super().next_reply(messages)


async def test_a_truncated_decision_is_retried_once_with_more_tokens() -> None:
    model = TokenLimitedModel(
        script=[truncated('{"action": "text", "gui'), '{"action": "text"}'], max_tokens=5
    )
    decision = await ChatModelGuide(model, "m").decide(START)
    assert (decision.action, decision.fallback, decision.usage.calls) == (Action.TEXT, "", 2)
    assert model.token_limits[0] == 5
    assert (model.token_limits[1] or 0) > 5


async def test_a_decision_truncated_twice_falls_back_to_the_rules() -> None:
    model = TokenLimitedModel(script=[truncated('{"action": "text", "gui')] * 2)
    decision = await ChatModelGuide(model, "m").decide(START)
    assert (decision.guide, decision.usage.calls) == ("rules", 2)


async def test_a_model_without_a_token_limit_is_asked_once() -> None:
    decision = await ChatModelGuide(scripted(truncated("Text, beca")), "m").decide(START)
    assert (decision.guide, decision.usage.calls) == ("rules", 1)


@pytest.mark.parametrize("text", ["Text, beca", "code", '{"action": "text", "gui', ""])
async def test_a_decision_that_a_filter_cut_is_none_and_not_retried(text: str) -> None:
    message = AIMessage(text, response_metadata={"finish_reason": "content_filter"})
    decision = await ChatModelGuide(TokenLimitedModel(script=[message], max_tokens=5), "m").decide(START)
    assert (decision.guide, decision.usage.calls) == ("rules", 1)


def ended(text: str, reason: str = "length") -> tuple[int, Any]:
    body = completion(text)
    body["choices"][0]["finish_reason"] = reason
    return 200, body


@pytest.mark.enable_socket
async def test_truncated_structured_output_is_retried_with_more_tokens() -> None:
    with serve(ended('{"action": "code", "guid'), '{"action": "text"}') as endpoint:
        decision = await ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m").decide(START)
    assert (decision.action, decision.usage.calls, decision.usage.input_tokens) == (Action.TEXT, 2, 40)
    assert "response_format" in endpoint.requests[1]
    assert max(endpoint.requests[1].get(key, 0) for key in ("max_tokens", "max_completion_tokens")) > 100


UNREADABLE: list[Any] = [
    (400, {"error": {"message": "the prompt violates our content policy"}}),
    (400, {"error": {"message": "context length exceeded"}}),
    "not JSON at all",
    '{"action": "dance"}',
    "",
    ended("", "content_filter"),
    (200, {"choices": []}),
]


@pytest.mark.enable_socket
@pytest.mark.parametrize("reply", UNREADABLE)
async def test_one_invalid_reply_does_not_disable_structured_output(reply: Any) -> None:
    with serve(reply, '{"action": "text"}') as endpoint:
        name = f"{endpoint.url}#m"
        await ChatModelGuide(resolve_model(name), "m").decide(START)
        asked = len(endpoint.requests)
        decision = await ChatModelGuide(resolve_model(name), "m").decide(START)
    assert decision.action is Action.TEXT
    assert "response_format" in endpoint.requests[asked]


@pytest.mark.enable_socket
async def test_guides_of_one_endpoint_share_what_it_rejects() -> None:
    refusal: Any = (400, {"error": {"message": "'response_format' is not supported by this model"}})
    with serve(refusal, '{"action": "text"}') as endpoint, serve('{"action": "text"}') as other:
        for _ in range(2):
            await ChatModelGuide(resolve_model(f"{endpoint.url}#m"), "m").decide(START)
        await ChatModelGuide(resolve_model(f"{other.url}#m"), "m").decide(START)
    assert ["response_format" in request for request in endpoint.requests] == [True, False, False]
    assert "response_format" in other.requests[0]
