"""Learning from solved questions, with programs that really run."""

import asyncio

import pytest
from langgraph.store.memory import InMemoryStore
from tests.support.experience import (
    LIBRARY_NAMESPACE,
    SUM_SKILL,
    WRONG_SKILL,
    own_program,
    solved_sum,
    sum_question,
    teach,
)

from codesteer.experience.learning import Lesson, Solution, learn
from codesteer.experience.library import Library
from codesteer.experience.recall import choose, recall
from codesteer.experience.record import Experience
from codesteer.experience.trial import SolvedQuestion, try_program
from codesteer.sandboxes.factory import open_sandbox

SANDBOX = open_sandbox("local")
PAIRS = ((1, 10), (5, 25), (100, 130))


async def experiences(library: Library) -> list[Experience]:
    return await library.experiences((await library.all_records()).records)


async def test_a_taught_program_is_a_trusted_skill() -> None:
    library = await teach(InMemoryStore(), SANDBOX, *PAIRS)
    (skill,) = await experiences(library)
    assert skill.is_trusted
    assert len(skill.questions) == 3
    found = await recall(library, sum_question(7, 70))
    assert found.skill is not None
    assert found.skill.trusted
    assert [(plan.mode, plan.right, plan.wrong) for plan in found.plans] == [("code", 3, 0)]


@pytest.mark.parametrize(
    "look_alike",
    [
        "Calculate the sum of all even numbers from 7 to 70, both included.",
        "Calculate the product of all whole numbers from 7 to 70, both included.",
        "Calculate the sum of all whole numbers from 7 to 70, both excluded.",
        "Calculate the sum of all whole numbers from 7 to 70, both included, squared.",
    ],
)
async def test_no_skill_runs_on_a_look_alike(look_alike: str) -> None:
    library = await teach(InMemoryStore(), SANDBOX, *PAIRS)
    assert (await recall(library, look_alike)).skill is None


async def test_agreement_on_a_look_alike_does_not_widen_what_labels_taught() -> None:
    library = await teach(InMemoryStore(), SANDBOX, *PAIRS)
    for first in (1, 2, 3):
        wrong = SolvedQuestion(
            question=sum_question(first, 70).replace("whole", "even"), answer=solved_sum(first, 70).answer
        )
        await learn(Lesson(solved=wrong, source="agreement"), library, SANDBOX)
    (skill,) = await experiences(library)
    assert len(skill.questions) == 6
    assert (await recall(library, sum_question(7, 70).replace("whole", "even"))).skill is None
    assert (await recall(library, sum_question(7, 70))).skill is not None


async def test_another_kind_of_question_recalls_nothing() -> None:
    library = await teach(InMemoryStore(), SANDBOX, *PAIRS)
    found = await recall(library, "Who wrote the Iliad?")
    assert (found.skill, found.example, found.plans) == (None, None, ())


async def test_programs_with_copied_data_are_examples_and_are_run_on_their_own_question_only() -> None:
    store = InMemoryStore()
    for pair in PAIRS:
        library = await teach(store, SANDBOX, pair, program=own_program(*pair))
    assert len(await experiences(library)) == 3
    other = await recall(library, sum_question(7, 70))
    assert other.skill is None
    assert other.example is not None
    again = await recall(library, sum_question(*PAIRS[0]))
    assert again.skill is not None
    assert again.skill.program == own_program(*PAIRS[0])
    assert again.skill.trusted


async def test_a_new_program_is_tried_on_recorded_questions_and_old_ones_on_the_new_question() -> None:
    store = InMemoryStore()
    for pair in PAIRS:
        await teach(store, SANDBOX, pair, program=own_program(*pair))
    library = await teach(store, SANDBOX, (7, 70))
    skill = next(one for one in await experiences(library) if one.record.program == SUM_SKILL)
    assert len(skill.questions) == 4
    lesson = Lesson(solved=solved_sum(8, 80), source="person")
    assert await learn(lesson, library, SANDBOX) == (skill.key,)
    assert len((await library.experience(skill.record)).questions) == 5


async def test_a_wrong_program_is_contradicted_until_it_is_retired() -> None:
    library = await teach(InMemoryStore(), SANDBOX, (0, 0), (5, 5), program=WRONG_SKILL, source="agreement")
    # It was right by chance on nothing: teaching does not run the program on its own question.
    (poisoned,) = await experiences(library)
    assert poisoned.is_skill
    for pair in PAIRS:
        await learn(Lesson(solved=solved_sum(*pair), source="agreement"), library, SANDBOX)
    (poisoned,) = await experiences(library)
    assert poisoned.is_retired
    assert (await recall(library, sum_question(7, 70))).skill is None


async def test_learning_twice_or_at_once_changes_nothing() -> None:
    store = InMemoryStore()
    lessons = [
        Lesson(solved=solved_sum(*pair), source="verifier", solution=Solution(mode="code", program=SUM_SKILL))
        for pair in PAIRS
    ]
    library = Library(store, LIBRARY_NAMESPACE)
    await asyncio.gather(*(learn(lesson, library, SANDBOX) for lesson in lessons * 3))
    (skill,) = await experiences(library)
    assert len(skill.evidence) == 3


async def test_an_answer_in_text_is_remembered_as_a_plan() -> None:
    library = Library(InMemoryStore(), LIBRARY_NAMESPACE)
    solved = SolvedQuestion(question="Who wrote the Iliad?", answer="Homer")
    solution = Solution(mode="text", failed_modes=("code",))
    await learn(Lesson(solved=solved, source="person", solution=solution), library, SANDBOX)
    found = await recall(library, solved.question)
    assert found.skill is None
    assert [(plan.mode, plan.right, plan.wrong) for plan in found.plans] == [("code", 0, 1), ("text", 1, 0)]


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose([], "?").skill is None


@pytest.mark.parametrize(
    ("program", "failure"),
    [
        ("1/0", "division by zero"),
        ("print()", "printed no answer"),
        ("print('<<<7>>>')", "a right answer is '55'"),
        ("while True: pass", "printed no answer (timeout)"),
        ("import os; os._exit(3)", "printed no answer"),
        ("(", "SyntaxError"),
    ],
)
async def test_a_program_that_fails_says_how(program: str, failure: str) -> None:
    trial = await try_program(
        program, solved_sum(1, 10), SANDBOX, lambda solved, answer: answer == solved.answer
    )
    assert not trial.right
    assert failure in trial.failure
    assert "\n" not in trial.failure


async def test_a_program_that_copies_its_question_becomes_a_skill_without_the_copy() -> None:
    store = InMemoryStore()
    copy = f"QUESTION = {sum_question(1, 10)!r}\n{SUM_SKILL}"
    library = await teach(store, SANDBOX, (1, 10), program=copy)
    library = await teach(store, SANDBOX, (5, 25), program=f"QUESTION = {sum_question(5, 25)!r}\n{SUM_SKILL}")
    (skill,) = await experiences(library)
    assert skill.is_skill
    assert len(skill.questions) == 2


async def test_a_copy_that_the_program_needs_stays() -> None:
    program = (
        "QUESTION = '1 10'\n"
        "first, last = map(int, QUESTION.split())\n"
        "print(f'<<<{sum(range(first, last + 1))}>>>')"
    )
    library = await teach(InMemoryStore(), SANDBOX, (1, 10), program=program)
    (example,) = await experiences(library)
    assert example.record.program == program
