"""Apply one method at a time with a counter, from the words of the methods."""

from collections import Counter

from codesteer.symbench.problems.string_synthesis import BLOCKS, Counts, Puzzle

METHODS = ("[A][B][C]>{A}", "[A][B]>{C}", "[B][C]>{B}", "[C][C]>{C}", "{A}{C}>(A)(B)", "{B}{B}>(C)")


def blocks(text: str) -> Counter[str]:
    return Counter(text[i : i + 3] for i in range(0, len(text), 3))


def accepts(puzzle: Puzzle, answer: Counts) -> bool:
    have: Counter[str] = Counter(dict(zip(BLOCKS, puzzle.start, strict=False)))
    before = None
    while have != before:
        before = have.copy()
        for method in METHODS:
            takes, gives = map(blocks, method.split(">"))
            while takes <= have:
                have = have - takes + gives
    return [have[block] for block in BLOCKS] == list(answer)
