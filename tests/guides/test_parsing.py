"""Decisions are parsed from a guide's reply, not from its reasoning."""

import pytest

from codesteer.guides import published
from codesteer.guides.decision import Action
from codesteer.guides.parsing import ParsedDecision, parse_decision
from codesteer.guides.port import GuideInput

DRAFT = '{"action": "terminate", "reason": "draft"} or <<<Terminate>>>'
REASONING = [
    f"<think>{DRAFT}</think>",
    f'<think signature="s">\n{DRAFT}\n</think>\n',
    f"<thinking>{DRAFT}</thinking>\n",
    f"{DRAFT}\n</think>\n\n",
    f"[THINK]{DRAFT}[/THINK]",
]


@pytest.mark.parametrize("reasoning", REASONING)
def test_drafts_in_reasoning_are_not_decisions(reasoning: str) -> None:
    assert parse_decision(f'{reasoning}{{"action": "code", "guidance": "Count."}}') == ParsedDecision(
        Action.CODE, "Count."
    )
    assert parse_decision(f"{reasoning}text: reason in words") == ParsedDecision(
        Action.TEXT, "reason in words"
    )
    assert published.parse_reply(
        f"{reasoning}<<<Code>>>", GuideInput(question="q", turns_left=5)
    ) == ParsedDecision(Action.CODE)


@pytest.mark.parametrize("reply", [f"<think>{DRAFT}", f"<think>{DRAFT}</think>", "<thinking>\n" + DRAFT])
def test_reasoning_alone_is_not_a_decision(reply: str) -> None:
    assert parse_decision(reply) is None
    assert published.parse_reply(reply, GuideInput(question="q", turns_left=5)) is None


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ('```json\n{"action": "text"}\n```', ParsedDecision(Action.TEXT)),
        ('I decide: {"action": "Code", "reason": "r"}', ParsedDecision(Action.CODE, reason="r")),
        ('{"note": 1} {"action": "return"}', ParsedDecision(Action.RETURN)),
        ("**Action:** improve - be exact", ParsedDecision(Action.IMPROVE, "be exact")),
        ("Decision: terminate", ParsedDecision(Action.TERMINATE)),
        (
            '{"action": "code", "guidance": "Never write <think> tags."}',
            ParsedDecision(Action.CODE, "Never write <think> tags."),
        ),
        ("Return.", ParsedDecision(Action.RETURN)),
        ("`code` - use f(x)", ParsedDecision(Action.CODE, "use f(x)")),
        ("Improve\nCheck the bounds.", ParsedDecision(Action.IMPROVE, "Check the bounds.")),
        ("Return statement is missing in solve(); add it and run it again.", None),
        ("Terminate the loop earlier: it runs forever.", None),
        ("Text answer is wrong. Write code instead.", None),
        ("Code-based reasoning would help", None),
        ("return the largest one", None),
        ('return\n{"action": "improve"', None),
        ('{"action": "improve", "guidance": ["Fix it", 2]}', ParsedDecision(Action.IMPROVE, "Fix it\n2")),
        (
            '{"action": "code", "start_over": "true", "candidates": 2.0}',
            ParsedDecision(Action.CODE, start_over=True, candidates=2),
        ),
        ('{"action": "code", "start_over": "false", "candidates": 2.5}', ParsedDecision(Action.CODE)),
        ('{"action": "dance"}', None),
        ("{" * 1000, None),
        ("I am not sure", None),
    ],
)
def test_decisions_are_parsed(reply: str, choice: ParsedDecision | None) -> None:
    assert parse_decision(reply) == choice


@pytest.mark.parametrize(
    "value", ["true", "false", "null", "0", "-2", '"two"', "[2]", '"true"', "1e999", "NaN", "1.0"]
)
def test_candidates_that_are_no_number_are_one(value: str) -> None:
    parsed = parse_decision(f'{{"action": "code", "candidates": {value}}}')
    assert parsed is not None
    assert (type(parsed.candidates), parsed.candidates) == (int, 1)


def test_a_truth_value_is_no_guidance() -> None:
    parsed = parse_decision('{"action": "code", "guidance": [true, "Add.", false, 2], "reason": true}')
    assert parsed == ParsedDecision(Action.CODE, guidance="Add.\n2")
