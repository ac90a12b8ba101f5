"""Apply one method at a time to a string of goods, with the methods written again."""

from codesteer.symbench.problems.synthesis_decomposition import Puzzle
from codesteer.symbench.solvers.exchange import Counts

EFFECTS = {
    "ABX": ("AB>X", "AAA>XX"),
    "ABCX": ("ABC>X", "AB>CC", "CC>X"),
    "ABCXY": ("AABC>XXX", "AB>CC", "CCX>Y", "AXX>Y"),
}


def accepts(puzzle: Puzzle, answer: Counts) -> bool:
    goods = [good for good, count in zip("ABC", puzzle.start, strict=False) for _ in range(count)]
    idle, turn = 0, 0
    while idle < len(puzzle.order):
        takes, gives = EFFECTS[puzzle.goods][puzzle.order[turn % len(puzzle.order)]].split(">")
        possible = all(goods.count(good) >= takes.count(good) for good in takes)
        if possible:
            for good in takes:
                goods.remove(good)
            goods.extend(gives)
        idle, turn = 0 if possible else idle + 1, turn + 1
    return [goods.count(good) for good in puzzle.goods] == list(answer)
