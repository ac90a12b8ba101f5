"""Results from the distance of two cards in their cycle or ranking."""

from codesteer.symbench.problems.constrained_linear_arrangement import Cards, Puzzle

ELEMENTS = ("draw", "loss", "win", "loss", "win")
STICK = ("draw", "win", "draw", "loss")


def outcome(game: str, own: str, other: str) -> str:
    step = ord(other) - ord(own)
    if game == "elements":
        return ELEMENTS[step % 5]
    if game == "stick_game":
        return STICK[step % 4]
    if {own, other} == {"A", "H"}:
        return "win" if own == "H" else "loss"
    return "draw" if step == 0 else "win" if step > 0 else "loss"


def accepts(puzzle: Puzzle, answer: Cards) -> bool:
    size = {"elements": 5, "stick_game": 4, "animal": 8}[puzzle.game]
    if sorted(set(answer)) != sorted(answer) or not set(answer) <= {chr(65 + place) for place in range(size)}:
        return False
    return [
        outcome(puzzle.game, own, other) for own, other in zip(puzzle.cards, answer, strict=False)
    ] == list(puzzle.results) and len(answer) == len(puzzle.cards)
