"""Which of a run's answers is the best supported one."""

from collections.abc import Sequence
from itertools import accumulate

from codesteer.checkers.answer_form import fits, same_answer
from codesteer.checkers.answer_report import Verdict
from codesteer.graph.state import Turn
from codesteer.guides.decision import Mode

Support = tuple[bool, bool, bool, bool, int, bool, int, int]


def best_turn(turns: Sequence[Turn], question: str) -> Turn | None:
    """Return the turn whose answer has most support; None if no turn gave an answer.

    The order of preference, each step deciding only where those before it leave a tie:

    1. it is one of the answers that the question leaves open;
    2. a checker confirmed it;
    3. no checker refuted it;
    4. its program does not merely print a literal;
    5. more of the turns came to the same answer;
    6. it was computed by a program rather than told in text;
    7. it comes from the earlier of two independent attempts: the first is not sampled, or less so;
    8. it is the later one: it betters what stands before it in the same conversation.
    """
    answered = [turn for turn in turns if turn.answer is not None]
    begun = accumulate(turn.decision.start_over for turn in turns)
    starts: dict[int, int] = {turn.number: count for turn, count in zip(turns, begun, strict=True)}
    return max(answered, key=lambda turn: _support(turn, answered, question, starts), default=None)


def _support(turn: Turn, answered: Sequence[Turn], question: str, starts: dict[int, int]) -> Support:
    literal = turn.code_report is not None and turn.code_report.answer_origin == "literal"
    return (
        fits(question, turn.answer or ""),
        turn.verdict is Verdict.CONFIRMED,
        turn.verdict is not Verdict.REFUTED,
        not literal,
        sum(same_answer(other.answer or "", turn.answer or "") for other in answered),
        turn.mode is Mode.CODE,
        -starts[turn.number],
        turn.number,
    )
