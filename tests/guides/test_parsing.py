"""Decisions are read from what a guide says, not from what it thinks."""

import pytest

from codesteer.guides import published
from codesteer.guides.decision import Action, Situation
from codesteer.guides.parsing import Choice, read_choice

DRAFT = '{"action": "terminate", "reason": "draft"} or <<<Terminate>>>'
THOUGHTS = [
    f"<think>{DRAFT}</think>",
    f'<think signature="s">\n{DRAFT}\n</think>\n',
    f"<thinking>{DRAFT}</thinking>\n",
    f"{DRAFT}\n</think>\n\n",
    f"[THINK]{DRAFT}[/THINK]",
]


@pytest.mark.parametrize("thought", THOUGHTS)
def test_drafts_are_no_decisions(thought: str) -> None:
    assert read_choice(f'{thought}{{"action": "code", "guidance": "Count."}}') == Choice(
        Action.CODE, "Count."
    )
    assert read_choice(f"{thought}text: reason in words") == Choice(Action.TEXT, "reason in words")
    assert published.read(f"{thought}<<<Code>>>", Situation(question="q", turns_left=5)) == Choice(
        Action.CODE
    )


@pytest.mark.parametrize("reply", [f"<think>{DRAFT}", f"<think>{DRAFT}</think>", "<thinking>\n" + DRAFT])
def test_thoughts_alone_decide_nothing(reply: str) -> None:
    assert read_choice(reply) is None
    assert published.read(reply, Situation(question="q", turns_left=5)) is None


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ('```json\n{"action": "text"}\n```', Choice(Action.TEXT)),
        ('I decide: {"action": "Code", "reason": "r"}', Choice(Action.CODE, reason="r")),
        ('{"note": 1} {"action": "return"}', Choice(Action.RETURN)),
        ("**Action:** improve - be exact", Choice(Action.IMPROVE, "be exact")),
        ("Decision: terminate", Choice(Action.TERMINATE)),
        (
            '{"action": "code", "guidance": "Never write <think> tags."}',
            Choice(Action.CODE, "Never write <think> tags."),
        ),
        ('{"action": "dance"}', None),
        ("{" * 1000, None),
        ("I am not sure", None),
    ],
)
def test_decisions_are_read(reply: str, choice: Choice | None) -> None:
    assert read_choice(reply) == choice
