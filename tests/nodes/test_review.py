"""A person's answer is read in LangChain's schema and in short forms."""

from typing import Any

import pytest
from langchain.agents.middleware.human_in_the_loop import HITLRequest, HITLResponse
from langgraph.types import Interrupt
from pydantic import TypeAdapter
from tests.graph.test_waves import WaveGuide, build, prints, run
from tests.support.models import scripted

from codesteer.nodes.review import GUIDANCE, PROGRAM, Review, read_reviews

APPROVE, REJECT = Review("approve"), Review("reject")


@pytest.mark.parametrize(
    ("answer", "read"),
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
        ({"decisions": [{"type": "reject", "message": "slow"}]}, Review("reject", "slow")),
        ({"type": "reject", "reason": "slow"}, Review("reject", "slow")),
        ({"type": "response", "args": "use a sieve"}, Review("reject", "use a sieve")),
        ({"type": "respond", "message": "use a sieve"}, Review("reject", "use a sieve")),
        ({"type": "edit", "text": "print(1)"}, Review("edit", "print(1)")),
        (
            {
                "decisions": [
                    {"type": "edit", "edited_action": {"name": "run_program", "args": {"program": "p"}}}
                ]
            },
            Review("edit", "p"),
        ),
        ({"type": "edit", "args": {"action": "run_program", "args": {"program": "p"}}}, Review("edit", "p")),
    ],
)
def test_one_answer(answer: Any, read: Review) -> None:
    assert read_reviews(answer, PROGRAM, 1) == [read]


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
def test_no_answer(nonsense: Any) -> None:
    assert read_reviews(nonsense, PROGRAM, 1) is None


def test_a_word_holds_for_all_and_an_edit_for_one() -> None:
    assert read_reviews("approve", PROGRAM, 3) == [APPROVE] * 3
    assert read_reviews({"type": "edit", "text": "x"}, PROGRAM, 3) is None
    mixed = {"decisions": [{"type": "approve"}, "reject", {"type": "edit", "text": "x"}]}
    assert read_reviews(mixed, GUIDANCE, 3) == [APPROVE, REJECT, Review("edit", "x")]


async def test_the_interrupt_is_langchains_request_and_takes_its_response() -> None:
    graph = build(scripted(prints("41"), prints("42")), WaveGuide(2))
    (asked,) = (await run(graph, review=("code",)))["__interrupt__"]
    assert isinstance(asked, Interrupt)
    request = TypeAdapter(HITLRequest).validate_python(asked.value)
    assert [action["name"] for action in request["action_requests"]] == ["run_program"] * 2
    assert [config["action_name"] for config in request["review_configs"]] == ["run_program"]
    response: HITLResponse = {"decisions": [{"type": "approve"}, {"type": "reject", "message": "no"}]}
    assert read_reviews(response, PROGRAM, 2) == [APPROVE, Review("reject", "no")]
