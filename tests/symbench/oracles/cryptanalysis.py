"""Read the guesses from the question and check them with sets."""

import re

from codesteer.symbench.problems.cryptanalysis import TASK, Puzzle

CLUE = re.compile(
    r"^\d+\. (\w+): digits: (\d) in place, (\d) misplaced, (\d) absent(.*?);"
    r" letters: (\d) in place, (\d) misplaced, (\d) absent(.*)$",
    re.MULTILINE,
)


def matches(guess: str, secret: str, said: list[str]) -> bool:
    same = {i for i, sign in enumerate(guess) if secret[i] == sign}
    strange = set(guess) - set(secret)
    below = bool(strange) and all(sign < other for sign in strange for other in secret)
    above = bool(strange) and all(sign > other for sign in strange for other in secret)
    where = {"": (False, False), " (all below)": (True, False), " (all above)": (False, True)}[said[3]]
    counts = [len(same), len(set(guess) & set(secret)) - len(same), len(strange)]
    return counts == [int(count) for count in said[:3]] and (below, above) == where


def accepts(puzzle: Puzzle, answer: str) -> bool:
    size = puzzle.size
    clues = CLUE.findall(TASK.format_question(puzzle))
    form = re.fullmatch(rf"[0-9]{{{size}}}[A-Z]{{{size}}}", answer)
    if not form or len(set(answer)) != len(answer) or len(clues) != len(puzzle.clues):
        return False
    return all(
        matches(guess[:size], answer[:size], said[:4]) and matches(guess[size:], answer[size:], said[4:])
        for guess, *said in clues
    )
