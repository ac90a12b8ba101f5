"""The rules again, written with regular expressions from the question's words."""

import re

from codesteer.symbench.problems.string_deletion_modification import Puzzle
from codesteer.symbench.solvers.rewriting import POOL

PATTERNS = (
    (r"begins with (\w+), replace that by (\w+) and append (\w+)", r"^{0}(.*)$", r"{1}\1{2}"),
    (r"begins with (\w+), remove that and append (\w+)", r"^{0}(.*)$", r"\1{1}"),
    (r"begins with (\w+), replace that by (\w+) and then delete the last", r"^{0}(.*)$", r"{1}\1<"),
    (r"begins with (\w+), replace that by (\w+)", r"^{0}", r"{1}"),
    (r"begins with (\w+), remove", r"^{0}", ""),
    (r"ends with (\w+), replace that by (\w+) and put (\w+) in front", r"^(.*){0}$", r"{2}\1{1}"),
    (r"ends with (\w+), replace that by (\w+)", r"{0}$", r"{1}"),
    (r"ends with (\w+), remove", r"{0}$", ""),
    (r"contains (\w+), replace its first occurrence by (\w+)", r"{0}", r"{1}"),
    (r"contains (\w+), delete", r"{0}", ""),
    (r"If (\w+) occurs beginning at the second", r"(?<=.){0}", ""),
    (r"number of b in the string is even", r"^((?:[^b]*b[^b]*b)+[^b]*)$", r"\1ab"),
)


def step(string: str, words: str) -> str | None:
    if "more than 15" in words:
        return string[: len(string) // 2] + string[len(string) // 2 + 1 :] if len(string) > 15 else None
    for sentence, pattern, replacement in PATTERNS:
        found = re.search(sentence, words)
        if found:
            new, count = re.subn(
                pattern.format(*found.groups()), replacement.format(*found.groups()), string, count=1
            )
            return (new[:-2] if new.endswith("<") else new) if count else None
    raise AssertionError(words)


def accepts(puzzle: Puzzle, answer: str) -> bool:
    string, position = puzzle.start, 0
    while position < len(puzzle.rules):
        new = step(string, POOL[puzzle.rules[position]].words)
        string, position = (string, position + 1) if new is None else (new, 0)
    return string == answer
