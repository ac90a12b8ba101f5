"""Split the word at the letter: the lengths of the pieces give its positions."""

from itertools import accumulate
from random import Random

from codesteer.symbench.problems.letters import Occurrences, Puzzle


def accepts(puzzle: Puzzle, answer: Occurrences) -> bool:
    pieces = puzzle.word.split(puzzle.letter)
    places = list(accumulate(len(piece) + 1 for piece in pieces))[:-1]
    count, positions = answer
    return count == len(pieces) - 1 and len(positions) == count and set(positions) == set(places)


def mutants(puzzle: Puzzle, answer: Occurrences, rng: Random) -> list[Occurrences]:
    count, positions = answer
    i = rng.randrange(count)
    return [
        (count + 1, positions),
        (count - 1, positions),
        (count - 1, positions[:i] + positions[i + 1 :]),
        (count + 1, (*positions, positions[i])),
        (count, (*positions, positions[i])),
        (count, tuple(place - 1 for place in positions)),
        (count, (*positions[:i], positions[i] + 1, *positions[i + 1 :])),
        (count, positions[::-1]),
        (count + 1, (*positions, len(puzzle.word) + 1)),
    ]
