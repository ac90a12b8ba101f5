"""Which of a run's answers is the best supported one."""

from collections.abc import Sequence

from codesteer.checkers.answer_report import Verdict
from codesteer.graph.state import Turn
from codesteer.guides.decision import Mode

Support = tuple[bool, bool, bool, bool, bool, int]


def best_turn(turns: Sequence[Turn]) -> Turn | None:
    """Return the turn whose answer has most support; None if no turn gave an answer.

    The order of preference, each step deciding only where those before it leave a tie:

    1. the answer checker confirmed it;
    2. it was not refuted;
    3. its program does not merely print a literal;
    4. another turn came to the same answer;
    5. it was computed by a program rather than told in text;
    6. it is the later one.
    """
    answered = [turn for turn in turns if turn.answer is not None]
    return max(answered, key=lambda turn: _support(turn, answered), default=None)


def _support(turn: Turn, answered: Sequence[Turn]) -> Support:
    verdict = turn.answer_report.verdict if turn.answer_report else Verdict.UNCLEAR
    literal = turn.code_report is not None and turn.code_report.answer_origin == "literal"
    agreeing = [other for other in answered if _words(other) == _words(turn)]
    return (
        verdict is Verdict.CONFIRMED,
        verdict is not Verdict.REFUTED,
        not literal,
        len(agreeing) > 1,
        turn.mode is Mode.CODE,
        turn.number,
    )


def _words(turn: Turn) -> list[str]:
    return (turn.answer or "").split()
