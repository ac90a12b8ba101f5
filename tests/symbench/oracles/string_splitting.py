"""Apply one method at a time to a string of machines and parts, from the question's sentences."""

from codesteer.symbench.problems.string_splitting import Puzzle
from codesteer.symbench.solvers.exchange import Counts

EFFECTS = ("A>XXY", "BB>X", "CC>Y", "BC>A", "XY>Z")


def accepts(puzzle: Puzzle, answer: Counts) -> bool:
    things = [good for good, count in zip("ABC", puzzle.start, strict=True) for _ in range(count)]
    idle, turn = 0, 0
    while idle < len(puzzle.order):
        takes, gives = EFFECTS[puzzle.order[turn % len(puzzle.order)]].split(">")
        possible = all(things.count(good) >= takes.count(good) for good in takes)
        if possible:
            for good in takes:
                things.remove(good)
            things.extend(gives)
        idle, turn = 0 if possible else idle + 1, turn + 1
    return [things.count(good) for good in "ABCXYZ"] == list(answer)
