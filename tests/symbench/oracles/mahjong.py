"""The hand as a counter; Chi by trying all pairs of its cards."""

from collections import Counter
from itertools import combinations

from codesteer.symbench.problems.mahjong import Puzzle


def accepts(puzzle: Puzzle, answer: int) -> bool:
    hand = Counter(puzzle.hand)
    for added, removed in puzzle.rounds[:-1]:
        hand[added] += 1
        hand[removed] -= 1
    card = puzzle.rounds[-1][0]
    cards = list(hand.elements())
    codes = [sorted(map(ord, (card, *pair))) for pair in combinations(cards, 2)]
    chi = puzzle.chi and any(high - middle == middle - low == 1 for low, middle, high in codes)
    return answer == (1 if hand[card] >= 2 else 2 if chi else 0)
