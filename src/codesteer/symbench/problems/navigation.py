"""Follow steps and turns, and decide whether you return to the starting point.

In one kind of walk you always face forward and step in four directions; in the other you step ahead and turn. About
half of our walks return; most others miss slightly. The official walks have two to nine commands, ours up to eighty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_choice
from codesteer.symbench.task import ComputedTask

Command = tuple[str, int]
"""A direction and a number of steps, or ``turn`` and the number of quarter turns to the right."""

_AHEAD: Final = {"forward": 1, "right": -1j, "backward": -1, "left": 1j}
"""Directions relative to the walker, as factors of the heading."""
_OPPOSITE: Final = {"forward": "backward", "backward": "forward", "left": "right", "right": "left"}
_TURNS: Final = {1: "Turn right.", 2: "Turn around.", 3: "Turn left."}
_OFFICIAL: Final = re.compile(r"(Turn (?:right|around|left)\.)|Take (\d+) steps?(?: (\w+))?\.", re.ASCII)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    commands: int
    max_steps: int
    """Maximum steps of one command."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The commands, and whether the walker always faces forward."""

    fixed: bool
    commands: tuple[Command, ...]


class Navigation(ComputedTask[Difficulty, Puzzle, str]):
    """Whether a walk returns."""

    slug = "navigation"
    title = "Navigation"
    seen = True
    answer_format = "Yes or No"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(6, 30),
        Difficulty(7, 30),
        Difficulty(9, 30),
        Difficulty(15, 30),
        Difficulty(25, 50),
        Difficulty(40, 100),
        Difficulty(80, 1000),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw a walk that returns; in half of the cases, change one or two step counts."""
        fixed = rng.random() < 0.5
        draw = _fixed_walk if fixed else _turning_walk
        commands = draw(rng, difficulty)
        if rng.random() < 0.5:
            steps = [place for place, (kind, _) in enumerate(commands) if kind != "turn"]
            for place in rng.sample(steps, rng.choice((1, 1, 2))):
                kind, count = commands[place]
                commands[place] = (kind, rng.choice([n for n in (count - 1, count + 1, count + 2) if n > 0]))
        return Puzzle(fixed, tuple(commands))

    def compute_answer(self, puzzle: Puzzle) -> str:
        """Walk on the complex plane."""
        return "No" if _end(puzzle.commands) else "Yes"

    def format_question(self, puzzle: Puzzle) -> str:
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

    def format_answer(self, answer: str) -> str:
        """Return the word."""
        return answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the commands from the question's text, and the stored word."""
        question = record["question"]
        turns = {words: quarters for quarters, words in _TURNS.items()}
        commands = tuple(
            ("turn", turns[turn]) if turn else (direction or "forward", int(steps))
            for turn, steps, direction in _OFFICIAL.findall(question)
        )
        return SolvedPuzzle(Puzzle("Always face forward" in question, commands), record["answer"]["target"])


def _end(commands: tuple[Command, ...]) -> complex:
    """Return where the walk ends, relative to its start."""
    place, heading = 0j, 1j
    for kind, count in commands:
        if kind == "turn":
            heading *= (-1j) ** count
        else:
            place += heading * _AHEAD[kind] * count
    return complex(round(place.real), round(place.imag))


def _fixed_walk(rng: Random, difficulty: Difficulty) -> list[Command]:
    """Draw steps that others undo, whole or in parts, in any order."""
    commands: list[Command] = []
    while len(commands) < difficulty.commands:
        direction, count = rng.choice(tuple(_AHEAD)), rng.randint(2, difficulty.max_steps)
        part = rng.randint(1, count - 1)
        back = (
            (count,)
            if len(commands) + 2 == difficulty.commands or rng.random() < 0.5
            else (part, count - part)
        )
        commands += [(direction, count), *((_OPPOSITE[direction], steps) for steps in back)]
    rng.shuffle(commands)
    return commands


def _turning_walk(rng: Random, difficulty: Difficulty) -> list[Command]:
    """Draw random steps and turns, then the way back, straight and around a corner or two."""
    commands: list[Command] = []
    for _ in range(difficulty.commands - 3):
        turning = bool(commands) and commands[-1][0] != "turn" and rng.random() < 0.6
        commands.append(
            ("turn", rng.randint(1, 3)) if turning else ("forward", rng.randint(1, difficulty.max_steps))
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
