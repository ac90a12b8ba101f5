"""Follow steps and turns, and say whether one is back at the starting point.

In one kind of walk one always faces forward and steps in four directions; in the other one steps ahead and
turns. About half of our walks return; the others are mostly off by a little. The official walks have two to
nine commands, ours up to eighty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_choice
from codesteer.symbench.task import ComputedTask

Command = tuple[str, int]
"""A direction and a number of steps, or ``turn`` and the quarter turns to the right."""

_AHEAD: Final = {"forward": 1, "right": -1j, "backward": -1, "left": 1j}
"""Directions as seen by the walker, as factors of the heading."""
_OPPOSITE: Final = {"forward": "backward", "backward": "forward", "left": "right", "right": "left"}
_TURNS: Final = {1: "Turn right.", 2: "Turn around.", 3: "Turn left."}
_OFFICIAL: Final = re.compile(r"(Turn (?:right|around|left)\.)|Take (\d+) steps?(?: (\w+))?\.", re.ASCII)


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a walk hard."""

    commands: int
    longest: int
    """The most steps of one command."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The commands, and whether one faces forward all the time."""

    fixed: bool
    commands: tuple[Command, ...]


class Navigation(ComputedTask[Knobs, Puzzle, str]):
    """Telling whether a walk returns."""

    slug = "navigation"
    title = "Navigation"
    seen = True
    form = "Yes or No"
    puzzle_type = Puzzle
    ladder = (
        Knobs(6, 30),
        Knobs(7, 30),
        Knobs(9, 30),
        Knobs(15, 30),
        Knobs(25, 50),
        Knobs(40, 100),
        Knobs(80, 1000),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw a walk that returns, and in half of the cases change a number of steps or two."""
        fixed = rng.random() < 0.5
        draw = _fixed_walk if fixed else _turning_walk
        commands = draw(rng, knobs)
        if rng.random() < 0.5:
            steps = [place for place, (kind, _) in enumerate(commands) if kind != "turn"]
            for place in rng.sample(steps, rng.choice((1, 1, 2))):
                kind, count = commands[place]
                commands[place] = (kind, rng.choice([n for n in (count - 1, count + 1, count + 2) if n > 0]))
        return Puzzle(fixed, tuple(commands))

    def compute(self, puzzle: Puzzle) -> str:
        """Walk on the complex plane."""
        return "No" if _end(puzzle.commands) else "Yes"

    def ask(self, puzzle: Puzzle) -> str:
        """List the commands."""
        facing = "You face forward all the time, whichever way you step. " if puzzle.fixed else ""
        commands = " ".join(_words(command, puzzle.fixed) for command in puzzle.commands)
        return (
            "You stand on an open plain and follow these instructions; all steps are equally long, and a "
            "step without a direction goes ahead, the way that you face.\n\n"
            f"{facing}{commands}\n\n"
            "Are you back at your starting point at the end? Answer with <<<Yes>>> or <<<No>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read Yes or No."""
        return parse_choice(text, ("Yes", "No"))

    def render(self, answer: str) -> str:
        """The word."""
        return answer

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, str]:
        """The commands in the words of the question, and the stored word."""
        question = record["question"]
        turns = {words: quarters for quarters, words in _TURNS.items()}
        commands = tuple(
            ("turn", turns[turn]) if turn else (direction or "forward", int(steps))
            for turn, steps, direction in _OFFICIAL.findall(question)
        )
        return Posed(Puzzle("Always face forward" in question, commands), record["answer"]["target"])


def _end(commands: tuple[Command, ...]) -> complex:
    """Where the walk ends, as seen from its start."""
    place, heading = 0j, 1j
    for kind, count in commands:
        if kind == "turn":
            heading *= (-1j) ** count
        else:
            place += heading * _AHEAD[kind] * count
    return complex(round(place.real), round(place.imag))


def _fixed_walk(rng: Random, knobs: Knobs) -> list[Command]:
    """Steps that are undone by others in parts, in any order."""
    commands: list[Command] = []
    while len(commands) < knobs.commands:
        direction, count = rng.choice(tuple(_AHEAD)), rng.randint(2, knobs.longest)
        part = rng.randint(1, count - 1)
        back = (count,) if len(commands) + 2 == knobs.commands or rng.random() < 0.5 else (part, count - part)
        commands += [(direction, count), *((_OPPOSITE[direction], steps) for steps in back)]
    rng.shuffle(commands)
    return commands


def _turning_walk(rng: Random, knobs: Knobs) -> list[Command]:
    """Random steps and turns, then the way home, straight and round a corner or two."""
    commands: list[Command] = []
    for _ in range(knobs.commands - 3):
        turning = bool(commands) and commands[-1][0] != "turn" and rng.random() < 0.6
        commands.append(
            ("turn", rng.randint(1, 3)) if turning else ("forward", rng.randint(1, knobs.longest))
        )
    while place := _end(tuple(commands)):
        heading = 1j * (-1j) ** sum(count for kind, count in commands if kind == "turn")
        home = -place / heading
        if round(home.real) > 0:
            commands.append(("forward", round(home.real)))
        else:
            commands.append(("turn", 3 if round(home.imag) > 0 else 1 if round(home.imag) < 0 else 2))
    return commands


def _words(command: Command, fixed: bool) -> str:
    kind, count = command
    if kind == "turn":
        return _TURNS[count]
    return f"Take {count} step{'s' * (count > 1)}{f' {kind}' if fixed else ''}."


TASK = Navigation()
