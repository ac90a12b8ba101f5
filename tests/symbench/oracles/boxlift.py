"""Counters of boxes and of (step, lifter) pairs."""

from collections import Counter
from random import Random

from codesteer.symbench.problems.boxlift import Plan, Puzzle


def accepts(puzzle: Puzzle, answer: Plan) -> bool:
    lifted = Counter(weight for step in answer for weight, _ in step)
    work = Counter(
        (number, lifter) for number, step in enumerate(answer) for _, lifters in step for lifter in lifters
    )
    capacity = dict(enumerate(puzzle.lifters))
    strong = all(
        sum(capacity.get(i, -(10**9)) for i in lifters) >= weight
        for step in answer
        for weight, lifters in step
    )
    once = max(work.values(), default=0) <= 1
    return lifted == Counter(puzzle.boxes) and strong and once and len(answer) <= puzzle.limit


def mutants(puzzle: Puzzle, answer: Plan, rng: Random) -> list[Plan]:
    at = rng.randrange(len(answer))
    step = answer[at]
    (weight, lifters), *others = step
    steps = [
        ((weight + 1, lifters), *others),
        ((weight, lifters[1:]), *others),
        ((weight, (*lifters, lifters[0])), *others),
        ((weight, (*lifters[:-1], len(puzzle.lifters))), *others),
        ((weight, (-1, *lifters[1:])), *others),
        tuple(others),
        (*step, step[0]),
        ((weight, tuple(range(len(puzzle.lifters)))),),
        step[::-1],
    ]
    plans = [(*answer[:at], changed, *answer[at + 1 :]) for changed in steps]
    merged = (*answer[:-2], (*answer[-2], *answer[-1])) if len(answer) > 1 else ()
    return [*plans, merged, answer[1:], (*answer, answer[0]), (*answer, ((1, (0,)),)), answer[::-1]]
