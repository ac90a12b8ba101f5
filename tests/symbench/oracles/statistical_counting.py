"""Runs found by a regular expression."""

import re

from codesteer.symbench.problems.statistical_counting import Puzzle


def accepts(puzzle: Puzzle, answer: int) -> bool:
    return answer == sum(ord(match.group(1)) - 64 for match in re.finditer(r"(.)\1+", puzzle.string))
