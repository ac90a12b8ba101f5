"""A program of a person is added if it is remembered on every question that it was verified on."""

import json
from collections.abc import Sequence

import pytest
from langgraph.store.memory import InMemoryStore
from tests.support.sandboxes import ScriptedSandbox

from codesteer.errors import ConfigurationError
from codesteer.experience.library import Library, library_namespace
from codesteer.experience.record import MAX_TEXT, Experience
from codesteer.teaching.program import add_verified
from codesteer.teaching.questions import read_lessons

PROGRAM = "print(len(QUESTION))\n"
TWO = ("Add 1 2", "Add 0 3")


async def add(program: str, questions: Sequence[str], answer: str = "3") -> tuple[int, list[Experience]]:
    library = Library(InMemoryStore(), library_namespace(("default",)))
    lines = "\n".join(json.dumps({"question": question, "answer": answer}) for question in questions)
    sandbox = ScriptedSandbox(*[f"<<<{answer}>>>"] * (len(questions) + 9))
    count = await add_verified(program, read_lessons(lines, "q"), library, sandbox)
    return count, await library.all_experiences((await library.all_records()).records)


async def test_a_program_is_a_skill_on_all_questions() -> None:
    count, (skill,) = await add(PROGRAM, TWO)
    assert (count, len(skill.questions), skill.is_skill) == (2, 2, True)


async def test_the_longest_texts_that_are_remembered_count() -> None:
    longest = "Add 1 2 " + "y" * (MAX_TEXT - 8)
    count, (skill,) = await add(PROGRAM, (*TWO, longest))
    assert (count, len(skill.questions)) == (3, 3)


@pytest.mark.parametrize(
    ("questions", "answer"),
    [
        (("Add 1 2", "Add 1 2 " + "y" * MAX_TEXT), "3"),
        ((*TWO, "Add 1 2 " + "y" * MAX_TEXT), "3"),
        (TWO, "3" * (MAX_TEXT + 1)),
    ],
)
async def test_what_would_not_be_remembered_is_refused(questions: tuple[str, ...], answer: str) -> None:
    with pytest.raises(ConfigurationError, match=r"is too long: at most 100,000 characters") as refused:
        await add(PROGRAM, questions, answer)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            PROGRAM + "".join(f"x{number} = {number}\n" for number in range(9000)),
            "114801 characters; at most",
        ),
        ("print(QUESTION", "cannot be used"),
        ("print(QUESTION)\0", "NUL"),
        ("print(1)", "does not read the variable QUESTION"),
        ("QUESTION = input()\nprint(QUESTION)", "does not read the variable QUESTION, or assigns it"),
        ("", "does not read the variable QUESTION"),
    ],
)
async def test_the_reason_names_what_is_wrong_with_a_program(program: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await add(program, TWO)
