"""Occurrences found with look-ahead, letters inserted from the right."""

import re

from codesteer.symbench.problems.string_insertion import Puzzle

CYCLE = "ABCDEABC"


def accepts(puzzle: Puzzle, answer: str) -> bool:
    letters = list(puzzle.string)
    places = [
        (match.end() + 4, match.group(1)[0])
        for match in re.finditer(r"(?=(.{4}))", puzzle.string)
        if match.group(1) in CYCLE
    ]
    for place, letter in sorted(places, reverse=True):
        letters.insert(place, letter)
    return answer == "".join(letters)
