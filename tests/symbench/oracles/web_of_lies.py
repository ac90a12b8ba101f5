"""Try both characters for everybody until all statements of the question hold."""

import re
from random import Random

from codesteer.symbench.problems.web_of_lies import TASK, Puzzle


def accepts(puzzle: Puzzle, answer: str) -> bool:
    text = TASK.format_question(puzzle)
    said = re.findall(r"(\w+) says that (\w+) (lies|tells the truth)\.", text)
    fact = re.search(r"(?:^|\. |\n)(\w+) (lies|tells the truth)\.", text)
    asked = re.search(r"Does (\w+) tell", text)
    assert fact
    assert asked
    known = {fact[1]: fact[2] != "lies"}
    while len(known) <= len(said):
        for speaker, subject, verb in said:
            if subject in known:
                known[speaker] = known[subject] == (verb != "lies")
    return answer in (("Yes", "True") if known[asked[1]] else ("No", "False"))


def mutants(puzzle: Puzzle, answer: str, rng: Random) -> list[str]:
    del puzzle, answer, rng
    return ["Yes", "No", "Yes and No", "Maybe", "Y", "True"]
