"""Stores of experience in SQLite files, filled with a program that finds letters in words."""

import asyncio
from pathlib import Path
from typing import Any

from tests.support.models import code

from codesteer.evals.stores import describe_store
from codesteer.experience.learning import Lesson, Solution, learn
from codesteer.experience.library import Library, library_namespace
from codesteer.experience.store_file import open_store_file
from codesteer.experience.trial import SolvedQuestion
from codesteer.sandboxes.factory import open_sandbox
from codesteer.symbench import Item, load_task

NAMESPACE = ("default",)
METHOD = "steer+experience:rules"
LETTERS = load_task("letters")
SKILL = """
import re
letter, word = re.search(r"the letter '(.)' occur in the word '(.+?)'", QUESTION).groups()
places = [place for place, char in enumerate(word, 1) if char == letter]
print(f"<<<Count: {len(places)}, Positions: {places}>>>")
""".strip()
OTHER_PROGRAM = """
quoted = QUESTION.split("'")
places = []
for index, char in enumerate(quoted[3]):
    if char == quoted[1]:
        places.append(index + 1)
print("<<<Count: " + str(len(places)) + ", Positions: " + str(places) + ">>>")
""".strip()
REPLIES = (code(SKILL), code(OTHER_PROGRAM))
"""Two programs that agree."""


def items(count: int, split: Any = "train", first: int = 0) -> list[Item[Any, Any]]:
    return [LETTERS.generate(0, 1, split, index) for index in range(first, first + count)]


def fill_store(file: Path, *solved: Item[Any, Any], program: str = SKILL) -> Path:
    """Teach a store a program that a verifier found right on these items."""

    async def teach() -> None:
        with open_store_file(file) as store:
            library = Library(store, library_namespace(NAMESPACE))
            for item in solved:
                pair = SolvedQuestion(question=item.question, answer=LETTERS.format_answer(item.answer))
                lesson = Lesson(
                    solved=pair, source="verifier", solution=Solution(mode="code", program=program)
                )
                await learn(lesson, library, open_sandbox("local"))

    asyncio.run(teach())
    return file


def digest(file: Path) -> str:
    return describe_store(file, NAMESPACE).digest
