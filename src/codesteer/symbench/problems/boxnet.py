"""Plan for a grid of agents that pass coloured boxes on until each is matched with a target of its colour.

One agent stands in every square. In a step each agent may act once on a box that was in its own square when
the step began: move it to a neighbouring square, or match it with a target of its colour in its own square,
whereupon both vanish. All actions of a step happen at the same time. The official validator carries them out
one after the other, so that a box can be moved twice in a step, and passes over illegal ones.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import Pairs, UnreadableError, parse_objects
from codesteer.symbench.solvers.boxes import TARGET, Action, Plan, Square, Squares, planned, simulate
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
class Knobs:
    """What makes a grid hard."""

    rows: int
    columns: int
    colours: int
    most: int
    """The most boxes of a colour."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The contents of the squares, row by row: ``box_red``, ``target_red`` and so on."""

    rows: int
    columns: int
    contents: tuple[tuple[str, ...], ...]


class BoxNet(Task[Knobs, Puzzle, Plan]):
    """Passing boxes to their targets."""

    slug = "boxnet"
    title = "BoxNet"
    seen = True
    form = "a JSON list of steps"
    puzzle_type = Puzzle
    ladder = (
        Knobs(1, 5, 4, 1),
        Knobs(2, 2, 3, 2),
        Knobs(2, 4, 5, 2),
        Knobs(4, 4, 5, 2),
        Knobs(4, 8, 5, 3),
        Knobs(6, 8, 8, 3),
    )

    def pose(self, rng: Random, knobs: Knobs) -> Posed[Puzzle, Plan]:
        """Scatter as many boxes as targets of each colour."""
        contents: list[list[str]] = [[] for _ in range(knobs.rows * knobs.columns)]
        for colour in COLOURS[: knobs.colours]:
            for _ in range(rng.randint(1, knobs.most)):
                for kind in ("box", "target"):
                    rng.choice(contents).append(f"{kind}_{colour}")
        puzzle = Puzzle(knobs.rows, knobs.columns, tuple(map(tuple, contents)))
        return Posed(puzzle, planned(_squares(puzzle)))

    def ask(self, puzzle: Puzzle) -> str:
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

    def fault(self, puzzle: Puzzle, answer: Plan) -> str | None:
        """Carry out the steps; every action must be possible and nothing be left."""
        return simulate(_squares(puzzle), answer)

    def solve(self, item: Item[Puzzle, Plan]) -> Plan | None:
        """Send each box to a target of its colour, as early as its agents are free."""
        return planned(_squares(item.data))

    def render(self, answer: Plan) -> str:
        """The JSON list."""
        steps = (", ".join(map(_written, step)) for step in answer)
        return f"[{', '.join(f'{{{step}}}' for step in steps)}]"

    def published(self, item: Item[Puzzle, Plan], text: str) -> bool:
        """Actions happen one after the other, and illegal ones do nothing; a square off the grid fails."""
        squares = _squares(item.data)
        try:
            for step in parse_objects(text):
                _carry_out(squares, step)
        except LookupError:
            return False
        return not any(squares.values())

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Plan]:
        """The squares and, as the official data stores none, a plan that was derived."""
        stored = record["answer"]
        rows, columns = stored["rows"], stored["cols"]
        names = [f"{row}.5_{column}.5" for row in range(rows) for column in range(columns)]
        contents = tuple(tuple(stored["squares"][name]) for name in names)
        steps = [
            [_action(agent, action) for agent, action in step.items()] for step in stored["derived_plan"]
        ]
        return Posed(Puzzle(rows, columns, contents), tuple(map(tuple, steps)))


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
    """Read an action; the square of index 0 has the coordinate 0.5."""
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
    """What the reference makes of a step.

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
    """The square that the numbers in a name belong to; one between squares is taken for a missing one."""
    row, column = (float(number) - 0.5 for number in _NUMBER.findall(text)[:2])
    if not row.is_integer() or not column.is_integer():
        raise LookupError(text)
    return int(row), int(column)


TASK = BoxNet()
