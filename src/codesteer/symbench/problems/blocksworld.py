"""Move blocks between named stacks to reach a goal state.

Only the top block of a stack can be moved, onto another existing stack. Stacks that the goal does not mention
must be empty. Any plan that reaches the goal is right, of any length.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import UnreadableError, clean, plain_list
from codesteer.symbench.task import Task

Stacks = tuple[str, ...]
"""The stacks from stack1 on, each as the letters of its blocks from bottom to top."""
Plan = tuple[tuple[str, int, int], ...]
"""Moves as block, source stack number, target stack number."""

_MOVE = re.compile(
    r"(?:(?:then|(?:step|move)?\s?\d+[.):]?)\s?)?move "
    r"(?:block )?(\w+) from (?:stack ?)?(\d{1,3}) (?:on)?to (?:stack ?)?(\d{1,3})",
    re.IGNORECASE | re.ASCII,
)
_MARKUP = re.compile(r"[\"'*\[\]]")
_NOTHING = "no moves"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    blocks: int
    stacks: int
    goal_stacks: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The initial stacks and the goal."""

    initial: Stacks
    goal: Stacks


class Blocksworld(Task[Difficulty, Puzzle, Plan]):
    """Rearranging blocks."""

    slug = "blocksworld"
    title = "Blocksworld"
    seen = True
    answer_format = "a list of moves"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, 6, 6),  # with fewer stacks, three blocks would give few questions
        Difficulty(4, 4, 3),
        Difficulty(5, 4, 3),
        Difficulty(6, 5, 3),
        Difficulty(8, 5, 3),
        Difficulty(12, 5, 4),
        Difficulty(20, 6, 4),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Plan]:
        """Drop the blocks on random stacks twice."""
        while True:
            initial = _dropped(rng, difficulty.blocks, difficulty.stacks, difficulty.stacks)
            goal = _dropped(rng, difficulty.blocks, difficulty.goal_stacks, difficulty.stacks)
            if initial != goal:
                puzzle = Puzzle(initial, goal)
                return SolvedPuzzle(puzzle, _plan(puzzle))

    def format_question(self, puzzle: Puzzle) -> str:
        """Show both states, the rules and the format."""
        return (
            f"{len(puzzle.initial)} stacks hold blocks, listed from bottom to top:\n\n"
            f"{_listed(puzzle.initial)}\n\n"
            "They are to be rearranged like this:\n\n"
            f"{_listed(puzzle.goal)}\n\n"
            "A move takes the top block (the last one listed) of a stack and puts it on top of another of "
            "these stacks, which may be empty. There is no other place for blocks. The number of moves does "
            "not matter.\n"
            "Give the moves in order, one a line, in the format\n"
            "<<<\n"
            "Move B from stack2 to stack1\n"
            "Move A from stack3 to stack2\n"
            ">>>"
        )

    def parse(self, text: str, puzzle: Puzzle) -> Plan:
        """Read one move per line; a bare number may stand for a stack."""
        parts = re.split(r"[\n;,]", _MARKUP.sub(" ", plain_list(clean(text))))
        lines = [line for part in parts if (line := " ".join(part.split()).strip("-•. "))]
        if lines == [_NOTHING]:
            return ()
        return tuple(_move(line) for line in lines)

    def find_violation(self, puzzle: Puzzle, answer: Plan) -> str | None:
        """Run the moves and compare the result with the goal."""
        same = next((number for number, move in enumerate(answer, 1) if move[1] == move[2]), None)
        return f"move {same} goes to the stack it comes from" if same else _carried_out(puzzle, answer)

    def solve(self, item: Item[Puzzle, Plan]) -> Plan | None:
        """Move the blocks into place one after the other."""
        return _plan(item.data)

    def format_answer(self, answer: Plan) -> str:
        """Write one move per line."""
        moves = [f"Move {block} from stack{source} to stack{target}" for block, source, target in answer]
        return "\n".join(moves) or _NOTHING

    def official_validator_accepts(self, item: Item[Puzzle, Plan], text: str) -> bool:
        """Reject an empty plan; accept a move of a block onto its own stack."""
        answer = self.parse(text, item.data)
        return bool(answer) and _carried_out(item.data, answer) is None

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Plan]:
        """Read both states and the derived plan (the official data stores none)."""
        stored = record["answer"]
        names = sorted(stored["initial"], key=lambda name: int(name.removeprefix("stack")))
        states = (tuple("".join(stored[key].get(name, ())) for name in names) for key in ("initial", "goal"))
        return SolvedPuzzle(Puzzle(*states), tuple(map(_move, stored["derived_shortest_plan"])))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Plan]) -> tuple[str, ...]:
        """Flag an item with nothing to do."""
        return ("initial_equals_goal",) if solved.puzzle.initial == solved.puzzle.goal else ()


def _dropped(rng: Random, blocks: int, used: int, stacks: int) -> Stacks:
    piles = [""] * stacks
    for block in rng.sample(ascii_uppercase, len(ascii_uppercase)):
        if block in ascii_uppercase[:blocks]:
            piles[rng.randrange(used)] += block
    return tuple(piles)


def _listed(stacks: Stacks) -> str:
    return "\n".join(
        f"stack{number}: {' '.join(stack) or '(empty)'}" for number, stack in enumerate(stacks, 1)
    )


def _move(line: str) -> tuple[str, int, int]:
    found = _MOVE.fullmatch(line)
    if not found:
        raise UnreadableError(f"{line[:40]!r} is not a move")
    return found.group(1).upper(), int(found.group(2)), int(found.group(3))


def _carried_out(puzzle: Puzzle, plan: Plan) -> str | None:
    """Run the moves; return what goes wrong, or None if they reach the goal."""
    stacks = list(puzzle.initial)
    for number, (block, source, target) in enumerate(plan, 1):
        if not (1 <= source <= len(stacks) and 1 <= target <= len(stacks)):
            return f"move {number} names a stack that does not exist"
        if stacks[source - 1][-1:] != block:
            return f"in move {number} block {block} is not on top of stack{source}"
        stacks[source - 1] = stacks[source - 1][:-1]
        stacks[target - 1] += block
    reached = " ".join(stack or "-" for stack in stacks)
    return None if stacks == list(puzzle.goal) else f"at the end the stacks are {reached}"


def _plan(puzzle: Puzzle) -> Plan:
    """Build the goal stacks from the bottom; park whatever is in the way on a third stack."""
    stacks, moves = list(puzzle.initial), list[tuple[str, int, int]]()

    def shift(source: int, target: int) -> None:
        moves.append((stacks[source][-1], source + 1, target + 1))
        stacks[target] += stacks[source][-1]
        stacks[source] = stacks[source][:-1]

    for place, wanted in enumerate(puzzle.goal):
        for height, block in enumerate(wanted):
            if stacks[place][: height + 1] == wanted[: height + 1]:
                continue
            source = next(number for number, stack in enumerate(stacks) if block in stack)
            aside = next(number for number in range(len(stacks)) if number not in (source, place))
            while stacks[source][-1] != block:
                shift(source, aside)
            if source == place:
                source = next(number for number in range(len(stacks)) if number not in (aside, place))
                shift(place, source)
            while len(stacks[place]) > height:
                shift(place, aside)
            shift(source, place)
    return tuple(moves)


TASK = Blocksworld()
