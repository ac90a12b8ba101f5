"""Assign lifters to boxes so that all boxes are lifted within a limited number of steps.

In one step each lifter lifts at most one box, and several may lift the same box if their total capacity is at
least its weight. The step limit is the length of a greedy plan. The official validator skips wrong assignments,
ignores steps beyond the limit, and counts a lifter twice if it is listed twice for one box.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import UnreadableError, clean, denies, parse_nested, plain_list
from codesteer.symbench.task import Task

Step = tuple[tuple[int, tuple[int, ...]], ...]
"""The assignments of one step: a weight and the indices of its lifters."""
Plan = tuple[Step, ...]

_HEADING = re.compile(r"step\s?\d{0,4}\s?[:.]?", re.IGNORECASE | re.ASCII)
_QUOTES = re.compile(r"[\"']")
_ENCLOSED = re.compile(r"[\[{]\s?(step\b.*)[\]}]", re.IGNORECASE | re.DOTALL)
"""All ``Step`` lines in one list or mapping."""
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator: numbers of boxes and lifters, ranges of weights and capacities."""

    boxes: int
    lifters: int
    weights: tuple[int, int]
    capacities: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Weights, capacities, and the step limit."""

    boxes: tuple[int, ...]
    lifters: tuple[int, ...]
    limit: int


class BoxLift(Task[Difficulty, Puzzle, Plan]):
    """Lifting boxes together."""

    slug = "boxlift"
    title = "BoxLift"
    seen = True
    answer_format = "a plan in steps"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(6, 3, (10, 90), (30, 60)),
        Difficulty(10, 3, (10, 100), (40, 80)),
        Difficulty(15, 4, (20, 200), (30, 120)),
        Difficulty(20, 5, (30, 300), (40, 160)),
        Difficulty(25, 6, (40, 400), (50, 200)),
        Difficulty(50, 9, (40, 500), (50, 200)),
        Difficulty(100, 14, (50, 700), (50, 250)),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Plan]:
        """Draw weights and capacities until all lifters together can lift each box."""
        while True:
            boxes = tuple(rng.randint(*difficulty.weights) for _ in range(difficulty.boxes))
            lifters = tuple(rng.randint(*difficulty.capacities) for _ in range(difficulty.lifters))
            if max(boxes) <= sum(lifters):
                plan = greedy(boxes, lifters)
                return SolvedPuzzle(Puzzle(boxes, lifters, len(plan)), plan)

    def format_question(self, puzzle: Puzzle) -> str:
        """List the boxes, the lifters, the rules and the format."""
        lifters = ", ".join(f"lifter {index}: {capacity}" for index, capacity in enumerate(puzzle.lifters))
        return (
            f"These boxes, given by their weights, have to be lifted: {', '.join(map(str, puzzle.boxes))}. "
            f"Each number is one box. The lifters and their capacities are {lifters}.\n"
            "Work is done in steps. In one step a lifter can help with at most one box, and several lifters "
            "can lift one box together if the sum of their capacities is at least its weight. Different "
            "boxes can be lifted in the same step. Every box must be lifted exactly once, within "
            f"{puzzle.limit} steps at most.\n"
            "Give one line a step: a list of pairs of a box weight and the list of the lifters assigned to "
            "it, in the format\n"
            "<<<\n"
            "Step 1: [(50, [0, 2]), (30, [1])]\n"
            "Step 2: [(40, [0, 1])]\n"
            ">>>"
        )

    def parse(self, text: str, puzzle: Puzzle) -> Plan:
        """Read ``Step`` lines, a mapping or list of them, or one nested list of steps."""
        text = _QUOTES.sub("", plain_list(clean(text)))
        if denies(text):
            raise UnreadableError("the words around the plan deny it")
        enclosed = _ENCLOSED.fullmatch(text)
        first, *parts = _HEADING.split(enclosed[1] if enclosed else text)
        if not parts:
            nested = parse_nested(first)
            return tuple(_step(step) for step in (nested[0] if len(nested) == 1 else nested))
        return tuple(_step(step) for step in parse_nested("".join(f"[{part}]" for part in parts)) if step)

    def find_violation(self, puzzle: Puzzle, answer: Plan) -> str | None:
        """Check the number of steps, every assignment, and that every box is lifted."""
        if len(answer) > puzzle.limit:
            return f"the plan has {len(answer)} steps, but {puzzle.limit} are allowed"
        left = list(puzzle.boxes)
        for number, step in enumerate(answer, 1):
            used: list[int] = []
            for weight, lifters in step:
                used += lifters
                if weight not in left:
                    return f"in step {number} there is no box of weight {weight} left"
                if not all(0 <= lifter < len(puzzle.lifters) for lifter in lifters):
                    return f"in step {number} a lifter is named that does not exist"
                if sum(puzzle.lifters[lifter] for lifter in lifters) < weight:
                    return f"in step {number} the lifters of the box of weight {weight} are too weak"
                left.remove(weight)
            if len(set(used)) < len(used):
                return f"in step {number} a lifter is used twice"
        return f"{len(left)} boxes are not lifted" if left else None

    def solve(self, item: Item[Puzzle, Plan]) -> Plan | None:
        """Return a greedy plan, heaviest boxes first."""
        return greedy(item.data.boxes, item.data.lifters)

    def format_answer(self, answer: Plan) -> str:
        """Write one line per step."""
        return "\n".join(f"Step {number}: [{_written(step)}]" for number, step in enumerate(answer, 1))

    def official_validator_accepts(self, item: Item[Puzzle, Plan], text: str) -> bool:
        """Skip wrong assignments and late steps; require only that every box is lifted."""
        puzzle, left = item.data, list(item.data.boxes)
        for step in self.parse(text, puzzle)[: puzzle.limit]:
            used: set[int] = set()
            for weight, lifters in step:
                free = not used.intersection(lifters) and max(lifters, default=0) < len(puzzle.lifters)
                if weight not in left or not free:
                    continue
                if min(lifters, default=0) < -len(puzzle.lifters):
                    return False
                if sum(puzzle.lifters[lifter] for lifter in lifters) >= weight:
                    left.remove(weight)
                    used.update(lifters)
        return not left

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Plan]:
        """Read boxes, lifters, the limit and the derived plan (the official data stores none)."""
        stored = record["answer"]
        puzzle = Puzzle(tuple(stored["boxes"]), tuple(stored["lifters"]), stored["step_limit"])
        plan = tuple(
            tuple((weight, tuple(lifters)) for weight, lifters in step) for step in stored["derived_plan"]
        )
        return SolvedPuzzle(puzzle, plan)


def greedy(boxes: Sequence[int], lifters: Sequence[int]) -> Plan:
    """Plan greedily: in each step, give each box that can be lifted, heaviest first, the next free lifters.

    Raises:
        ValueError: A box is too heavy for all lifters together.
    """
    left, plan = sorted(boxes, reverse=True), list[Step]()
    while left:
        free, step = list(range(len(lifters))), list[tuple[int, tuple[int, ...]]]()
        for weight in tuple(left):
            if sum(lifters[index] for index in free) >= weight:
                taken = 0
                while sum(lifters[index] for index in free[:taken]) < weight:
                    taken += 1
                step.append((weight, tuple(free[:taken])))
                left.remove(weight)
                free = free[taken:]
        if not step:
            raise ValueError(f"nobody can lift a box of {left[0]}")
        plan.append(tuple(step))
    return tuple(plan)


def _step(parts: tuple[Any, ...]) -> Step:
    """Read ``((weight, (lifter, …)), …)``, which may be wrapped once more."""
    if len(parts) == 1 and all(isinstance(part, tuple) for part in parts[0]):
        parts = parts[0]
    return tuple(_assignment(part) for part in parts)


def _assignment(part: Any) -> tuple[int, tuple[int, ...]]:
    match part:
        case (str(weight), tuple(lifters)) if all(isinstance(lifter, str) for lifter in lifters):
            numbers = [weight, *lifters]
            if all(_INTEGER.fullmatch(number) for number in numbers):
                return int(weight), tuple(map(int, lifters))
    raise UnreadableError(f"{str(part)[:40]} is not a weight with a list of lifters")


def _written(step: Step) -> str:
    return ", ".join(f"({weight}, {list(lifters)})" for weight, lifters in step)


TASK = BoxLift()
