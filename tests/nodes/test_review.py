"""A person's response is parsed in LangChain's schema and in short forms."""

from typing import Any

import pytest
from langchain.agents.middleware.human_in_the_loop import HITLRequest, HITLResponse
from langgraph.types import Interrupt
from pydantic import TypeAdapter
from tests.graph.test_waves import WaveGuide, build, prints, run
from tests.support.models import scripted

from codesteer.nodes.review import RUN_PROGRAM, SEND_GUIDANCE, ReviewDecision, parse_reviews

APPROVE, REJECT = ReviewDecision("approve"), ReviewDecision("reject")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("approve", APPROVE),
        (" Approve ", APPROVE),
        (True, APPROVE),
        ({"type": "approve"}, APPROVE),
        ({"type": "accept", "args": None}, APPROVE),
        ([{"type": "accept", "args": None}], APPROVE),
        ({"decisions": [{"type": "approve"}]}, APPROVE),
        ("reject", REJECT),
        ({"type": "ignore"}, REJECT),
        ({"decisions": [{"type": "reject", "message": "slow"}]}, ReviewDecision("reject", "slow")),
        ({"type": "reject", "reason": "slow"}, ReviewDecision("reject", "slow")),
        ({"type": "response", "args": "use a sieve"}, ReviewDecision("reject", "use a sieve")),
        ({"type": "respond", "message": "use a sieve"}, ReviewDecision("reject", "use a sieve")),
        ({"type": "edit", "text": "print(1)"}, ReviewDecision("edit", "print(1)")),
        (
            {
                "decisions": [
                    {"type": "edit", "edited_action": {"name": "run_program", "args": {"program": "p"}}}
                ]
            },
            ReviewDecision("edit", "p"),
        ),
        (
            {"type": "edit", "args": {"action": "run_program", "args": {"program": "p"}}},
            ReviewDecision("edit", "p"),
        ),
    ],
)
def test_one_response(response: Any, expected: ReviewDecision) -> None:
    assert parse_reviews(response, RUN_PROGRAM, 1) == [expected]


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        False,
        17,
        "",
        "perhaps",
        [],
        {},
        {"type": 3},
        {"type": "edit"},
        {"type": "edit", "text": " "},
        {"type": "edit", "text": 5},
        {"type": "edit", "edited_action": {"name": "run_program", "args": {"guidance": "x"}}},
        {"type": "edit", "edited_action": "x"},
        {"decisions": []},
        {"decisions": "approve it"},
        {"decisions": [{"type": "approve"}, {"type": "approve"}]},
    ],
)
def test_an_invalid_response(nonsense: Any) -> None:
    assert parse_reviews(nonsense, RUN_PROGRAM, 1) is None


def test_one_word_applies_to_all_texts_but_an_edit_to_one() -> None:
    assert parse_reviews("approve", RUN_PROGRAM, 3) == [APPROVE] * 3
    assert parse_reviews({"type": "edit", "text": "x"}, RUN_PROGRAM, 3) is None
    mixed = {"decisions": [{"type": "approve"}, "reject", {"type": "edit", "text": "x"}]}
    assert parse_reviews(mixed, SEND_GUIDANCE, 3) == [APPROVE, REJECT, ReviewDecision("edit", "x")]


async def test_the_interrupt_is_langchains_request_and_takes_its_response() -> None:
    graph = build(scripted(prints("41"), prints("42")), WaveGuide(2))
    (interrupt,) = (await run(graph, review=("code",)))["__interrupt__"]
    assert isinstance(interrupt, Interrupt)
    request = TypeAdapter(HITLRequest).validate_python(interrupt.value)
    assert [action["name"] for action in request["action_requests"]] == ["run_program"] * 2
    assert [config["action_name"] for config in request["review_configs"]] == ["run_program"]
    response: HITLResponse = {"decisions": [{"type": "approve"}, {"type": "reject", "message": "no"}]}
    assert parse_reviews(response, RUN_PROGRAM, 2) == [APPROVE, ReviewDecision("reject", "no")]
