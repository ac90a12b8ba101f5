"""A decision's candidates can have plans of their own."""

from codesteer.guides.decision import Action, Decision, Mode, Plan
from codesteer.models.usage import Usage

DECISION = Decision(
    action=Action.CODE,
    mode=Mode.CODE,
    guidance="Search.",
    candidates=4,
    plans=(Plan(mode=Mode.TEXT, guidance="Think."), Plan(mode=Mode.CODE, guidance="Simulate.")),
    reason="r",
    guide="g",
    usage=Usage(calls=1),
)


def test_the_first_candidate_carries_out_the_decision_itself() -> None:
    assert DECISION.for_candidate(0) is DECISION


def test_later_candidates_have_their_plans_or_the_decisions() -> None:
    plans = [(one.mode, one.guidance) for one in map(DECISION.for_candidate, range(1, 4))]
    assert plans == [(Mode.TEXT, "Think."), (Mode.CODE, "Simulate."), (Mode.CODE, "Search.")]


def test_deciding_is_paid_for_once() -> None:
    assert sum(DECISION.for_candidate(number).usage.calls for number in range(4)) == 1
