"""How score and tokens change while a method learns from a stream of questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codesteer.evals.results import Result
from codesteer.evals.scores import rate
from codesteer.evals.summary import mean_cost, method_names

WINDOW = 20
"""Number of questions that a mean is over."""
STEP = 5
"""Number of questions from one mean to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The means over the scored ones of the last ``WINDOW`` questions of a stream, or of all if they are fewer."""

    method: str
    questions: int
    """How many questions the method has seen, those without a score included."""
    solved: float
    tokens: float


def learning_curves(results: Sequence[Result]) -> list[CurvePoint]:
    """Return the points of each method's curve; empty if the questions were no stream."""
    streamed = [result for result in results if result.scored and result.place is not None]
    return [point for method in method_names(streamed) for point in _curve(method, streamed)]


def _curve(method: str, streamed: Sequence[Result]) -> Iterator[CurvePoint]:
    by_place = {result.place: result for result in streamed if result.method == method and result.place}
    last = max(by_place)
    for seen in (*range(STEP, last, STEP), last):
        places = range(max(0, seen - WINDOW) + 1, seen + 1)
        if window := [by_place[place] for place in places if place in by_place]:
            yield CurvePoint(
                method=method,
                questions=seen,
                solved=rate([result.solved for result in window]),
                tokens=mean_cost(window).tokens,
            )
