"""Plan for a grid of agents that move coloured boxes until each is matched with a target of its colour.

There is one agent in every square. In a step each agent may act once on a box that was in its square at the start
of the step: move it to a neighbouring square, or match it with a target of its colour in the same square, which
removes both. All actions of a step happen at the same time. The official validator runs them one after the other,
so that a box can move twice in a step, and skips illegal ones.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import Pairs, UnreadableError, parse_objects
from codesteer.symbench.solvers.boxes import TARGET, Action, Plan, Square, Squares, make_plan, simulate
from codesteer.symbench.task import Task

COLOURS: Final = ("blue", "red", "green", "purple", "orange", "yellow", "black", "white")

_NUMBER = re.compile(r"\d+\.?\d*", re.ASCII)
_AGENT = re.compile(r"agent ?\[ ?(\d{1,3}\.5) ?, ?(\d{1,3}\.5) ?\]", re.IGNORECASE | re.ASCII)
_ACTION = re.compile(
    r"move\( ?box_(\w+) ?, ?(?:target_(\w+)|square ?\[ ?(\d{1,3}\.5) ?, ?(\d{1,3}\.5) ?\]) ?\)",
    re.IGNORECASE | re.ASCII,
)
_PUBLISHED_ACTION = re.compile(r"move\(([^,]*),\s([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    rows: int
    columns: int
    colours: int
    max_boxes: int
    """Maximum number of boxes per colour."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The contents of the squares, row by row: ``box_red``, ``target_red`` and so on."""

    rows: int
    columns: int
    contents: tuple[tuple[str, ...], ...]


class BoxNet(Task[Difficulty, Puzzle, Plan]):
    """Passing boxes to their targets."""

    slug = "boxnet"
    title = "BoxNet"
    seen = True
    answer_format = "a JSON list of steps"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(1, 5, 4, 1),
        Difficulty(2, 2, 3, 2),
        Difficulty(2, 4, 5, 2),
        Difficulty(4, 4, 5, 2),
        Difficulty(4, 8, 5, 3),
        Difficulty(6, 8, 8, 3),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Plan]:
        """Scatter equally many boxes and targets of each colour."""
        contents: list[list[str]] = [[] for _ in range(difficulty.rows * difficulty.columns)]
        for colour in COLOURS[: difficulty.colours]:
            for _ in range(rng.randint(1, difficulty.max_boxes)):
                for kind in ("box", "target"):
                    rng.choice(contents).append(f"{kind}_{colour}")
        puzzle = Puzzle(difficulty.rows, difficulty.columns, tuple(map(tuple, contents)))
        return SolvedPuzzle(puzzle, make_plan(_squares(puzzle)))

    def format_question(self, puzzle: Puzzle) -> str:
        """List the squares, the rules and the format."""
        squares = "\n".join(
            f"{_name('square', square)}: {', '.join(things) or '(empty)'}"
            for square, things in _squares(puzzle).items()
        )
        return (
            f"A grid has {puzzle.rows} row(s) and {puzzle.columns} column(s) of squares. A square is named "
            "by its row and column coordinates, which begin at 0.5. In each square stands an agent, and the "
            "squares hold boxes and targets:\n\n"
            f"{squares}\n\n"
            "The plan is a list of steps. In a step each agent can carry out at most one action, on a box "
            "that is in its own square when the step begins: move it to a square that shares a side with "
            "its own, or match it with a target of the same colour in its own square, whereupon the box and "
            "the target both disappear. All actions of a step happen at the same time, and each must be "
            "possible. At the end no box may be left. Any number of steps is allowed.\n"
            "Give the plan as a JSON list with one object a step, whose keys are the acting agents, in the "
            "format\n"
            '<<<[{"Agent[0.5, 0.5]": "move(box_blue, square[0.5, 1.5])", '
            '"Agent[1.5, 0.5]": "move(box_red, target_red)"}, '
            '{"Agent[0.5, 1.5]": "move(box_blue, target_blue)"}]>>>'
        )

    def parse(self, text: str, puzzle: Puzzle) -> Plan:
        """Read the JSON list and each action in it."""
        return tuple(tuple(_action(agent, action) for agent, action in step) for step in parse_objects(text))

    def find_violation(self, puzzle: Puzzle, answer: Plan) -> str | None:
        """Simulate the steps; every action must be legal and nothing may be left."""
        return simulate(_squares(puzzle), answer)

    def solve(self, item: Item[Puzzle, Plan]) -> Plan | None:
        """Send each box to a target of its colour as soon as the agents on its path are idle."""
        return make_plan(_squares(item.data))

    def format_answer(self, answer: Plan) -> str:
        """Write the JSON list."""
        steps = (", ".join(map(_written, step)) for step in answer)
        return f"[{', '.join(f'{{{step}}}' for step in steps)}]"

    def official_validator_accepts(self, item: Item[Puzzle, Plan], text: str) -> bool:
        """Run actions one after the other and skip illegal ones; a square off the grid fails."""
        squares = _squares(item.data)
        try:
            for step in parse_objects(text):
                _carry_out(squares, step)
        except LookupError:
            return False
        return not any(squares.values())

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Plan]:
        """Read the squares and the derived plan (the official data stores none)."""
        stored = record["answer"]
        rows, columns = stored["rows"], stored["cols"]
        names = [f"{row}.5_{column}.5" for row in range(rows) for column in range(columns)]
        contents = tuple(tuple(stored["squares"][name]) for name in names)
        steps = [
            [_action(agent, action) for agent, action in step.items()] for step in stored["derived_plan"]
        ]
        return SolvedPuzzle(Puzzle(rows, columns, contents), tuple(map(tuple, steps)))


def _squares(puzzle: Puzzle) -> Squares:
    places = [(row, column) for row in range(puzzle.rows) for column in range(puzzle.columns)]
    return {place: list(things) for place, things in zip(places, puzzle.contents, strict=True)}


def _name(kind: str, square: Square) -> str:
    return f"{kind}[{square[0]}.5, {square[1]}.5]"


def _written(action: Action) -> str:
    row, column, colour, *to = action
    goal = f"target_{colour}" if (to[0], to[1]) == TARGET else _name("square", (to[0], to[1]))
    return f'"{_name("Agent", (row, column))}": "move(box_{colour}, {goal})"'


def _action(agent: str, action: str) -> Action:
    """Parse an action; the square with index 0 has the coordinate 0.5."""
    actor, found = _AGENT.fullmatch(agent.strip()), _ACTION.fullmatch(action.strip())
    if not actor or not found:
        raise UnreadableError(f"{agent[:30]}: {action[:50]} is not an action")
    row, column = (int(place[:-2]) for place in actor.groups())
    colour, target, *to = (part and part.lower() for part in found.groups())
    if target:
        if target != colour:
            raise UnreadableError(f"box_{colour} cannot be matched with target_{target}")
        return (row, column, colour, *TARGET)
    return (row, column, colour, int(to[0][:-2]), int(to[1][:-2]))


def _carry_out(squares: Squares, step: Pairs) -> None:
    """Run one step as the official validator does.

    Raises:
        LookupError: An agent or a destination is not on the grid, which stops the reference.
    """
    actions: dict[Square, tuple[str, str]] = {}
    for agent, action in step:
        found = _PUBLISHED_ACTION.match(action)
        if found:
            actions[_place(agent)] = (found.group(1), found.group(2))
    for place, (box, goal) in actions.items():
        things = squares[place]
        if box not in things:
            continue
        if "square" in goal:
            to = _place(goal)
            if abs(to[0] - place[0]) + abs(to[1] - place[1]) == 1:
                things.remove(box)
                squares[to].append(box)
        elif goal in things and box.startswith("box_") and goal == f"target_{box[4:]}":
            things.remove(box)
            things.remove(goal)


def _place(text: str) -> Square:
    """Return the square with these coordinates; one between squares counts as missing."""
    row, column = (float(number) - 0.5 for number in _NUMBER.findall(text)[:2])
    if not row.is_integer() or not column.is_integer():
        raise LookupError(text)
    return int(row), int(column)


TASK = BoxNet()
