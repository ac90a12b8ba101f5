"""Walk on a grid by the question's words, with a compass."""

import re
from random import Random

from codesteer.symbench.problems.navigation import TASK, Puzzle

COMPASS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def accepts(puzzle: Puzzle, answer: str) -> bool:
    text = TASK.format_question(puzzle).split("\n\n")[1]
    x = y = facing = 0
    for count, way, turn in re.findall(r"Take (\d+) steps?(?: (\w+))?\.|Turn (\w+)\.", text):
        facing += ("", "right", "around", "left").index(turn)
        to = facing + ("forward", "right", "backward", "left").index(way or "forward")
        x += COMPASS[to % 4][0] * int(count or 0)
        y += COMPASS[to % 4][1] * int(count or 0)
    return answer == ("No" if x or y else "Yes")


def mutants(puzzle: Puzzle, answer: str, rng: Random) -> list[str]:
    del puzzle, answer, rng
    return ["Yes", "No", "Yes or No", "Maybe", "", "Y"]
