"""Read the clues from the question and check the order as a string."""

import re

from codesteer.symbench.problems.permutations_combinations import TASK, Order, Puzzle

PATTERNS = (
    (r"Book (\w) stands in place (\d+)\.", lambda shelf, a, b: shelf[int(b) - 1] == a),
    (r"Book (\w) does not stand in place (\d+)\.", lambda shelf, a, b: shelf[int(b) - 1] != a),
    (
        r"Book (\w) stands somewhere to the left of book (\w)\.",
        lambda shelf, a, b: b in shelf.partition(a)[2],
    ),
    (
        r"Book (\w) stands somewhere to the right of book (\w)\.",
        lambda shelf, a, b: a in shelf.partition(b)[2],
    ),
    (r"Books (\w) and (\w) stand directly next", lambda shelf, a, b: a + b in shelf or b + a in shelf),
)


def accepts(puzzle: Puzzle, answer: Order) -> bool:
    text, shelf = TASK.format_question(puzzle), "".join(answer)
    found = [(check, *match) for pattern, check in PATTERNS for match in re.findall(pattern, text)]
    assert len(found) == len(puzzle.clues)
    whole = len(shelf) == len(set(shelf)) == puzzle.books and max(shelf) == chr(64 + puzzle.books)
    return whole and all(check(shelf, one, other) for check, one, other in found)
