"""Select the best supported answer of a run."""

from collections.abc import Sequence
from itertools import accumulate

from codesteer.checkers.answer_form import fits, same_answer
from codesteer.checkers.answer_report import Verdict
from codesteer.checkers.question_choices import choices
from codesteer.graph.state import Turn, own_turns
from codesteer.guides.decision import Action, Decision, Mode

SupportRank = tuple[bool, bool, bool, bool, bool, int, bool, bool, int, int]


def returned_turn(turns: Sequence[Turn], decision: Decision | None) -> Turn | None:
    """Return the turn whose answer the guide's decision returns; None if it names none, or one without an answer."""
    if decision is None or decision.action is not Action.RETURN or decision.attempt is None:
        return None
    named = own_turns(turns)[decision.attempt - 1 : decision.attempt]
    return next((turn for turn in named if turn.answer is not None), None)


def best_turn(turns: Sequence[Turn], question: str) -> Turn | None:
    """Return the turn with the best supported answer; None if no turn has an answer.

    The order of preference, in which each criterion only breaks ties of those before it:

    1. the answer is one of the question's options or, without options, has the form of the question's examples;
    2. its program, if it has one, ran to its end;
    3. a checker confirmed it;
    4. no checker refuted it;
    5. its program does not merely print a literal;
    6. more turns came to the same answer;
    7. it is not that of a remembered program without trust;
    8. a program computed it; if the question lists its choices, it was told in words, which small models get right
       twice as often there (docs/experiments.md);
    9. it comes from an earlier independent attempt, which is sampled less or not at all;
    10. it comes from a later turn, which improves on earlier ones in the same conversation.
    """
    answered = [turn for turn in turns if turn.answer is not None]
    fresh_starts = accumulate(turn.decision.start_over for turn in turns)
    starts: dict[int, int] = {turn.number: count for turn, count in zip(turns, fresh_starts, strict=True)}
    mode = Mode.TEXT if choices(question) else Mode.CODE
    return max(answered, key=lambda turn: _support_rank(turn, answered, question, starts, mode), default=None)


def _support_rank(
    turn: Turn, answered: Sequence[Turn], question: str, starts: dict[int, int], preferred_mode: Mode
) -> SupportRank:
    literal = turn.code_report is not None and turn.code_report.answer_origin == "literal"
    confirmed = turn.combined_verdict is Verdict.CONFIRMED
    return (
        fits(question, turn.answer or "", supported=confirmed),
        turn.is_finished,
        confirmed,
        turn.combined_verdict is not Verdict.REFUTED,
        not literal,
        sum(other.is_finished and same_answer(other.answer or "", turn.answer or "") for other in answered),
        turn.recalled is None or turn.recalled.trusted,
        turn.mode is preferred_mode,
        -starts[turn.number],
        turn.number,
    )
