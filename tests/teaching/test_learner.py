"""Learning from a stream of questions, with programs that really run and scripted models."""

from typing import Any

import pytest
from langgraph.store.memory import InMemoryStore
from tests.support.experience import (
    LIBRARY_NAMESPACE,
    NAMESPACE,
    SUM_SKILL,
    WRONG_SKILL,
    own_program,
    solved_sum,
    sum_question,
)
from tests.support.models import RecordingModel, ScriptedModel, code

from codesteer.errors import ConfigurationError, ModelRefusedError
from codesteer.experience.library import Library
from codesteer.experience.record import Experience
from codesteer.graph.context import Context
from codesteer.graph.workflow import create_codesteer
from codesteer.sandboxes.factory import open_sandbox
from codesteer.symbench import load_task
from codesteer.teaching.learner import Learner, Summary
from codesteer.teaching.questions import Judge, Lessons, TrainingQuestion, item_lessons, read_lessons

SANDBOX = open_sandbox("local")
PAIRS = ((1, 10), (5, 25), (100, 130), (7, 70))


def lessons(*pairs: tuple[int, int], labelled: bool = True) -> Lessons:
    solved = [solved_sum(*pair) for pair in pairs]
    questions = (
        TrainingQuestion(id=str(number), question=one.question, answer=one.answer if labelled else None)
        for number, one in enumerate(solved)
    )
    return Lessons(tuple(questions), Judge({}))


def learner(
    store: InMemoryStore, task_model: RecordingModel, teacher: RecordingModel | None = None
) -> Learner:
    graph = create_codesteer(task_model=task_model, sandbox=SANDBOX).compile(store=store)
    return Learner(
        library=Library(store, LIBRARY_NAMESPACE),
        graph=graph,
        context=Context(experience=NAMESPACE, check_answer=False, candidates=1),
        sandbox=SANDBOX,
        teacher=teacher,
    )


async def learn(built: Learner, stream: Lessons) -> Summary:
    return await built.learn_all(stream, 1, lambda done, total: None)


async def known(store: InMemoryStore) -> list[Experience]:
    library = Library(store, LIBRARY_NAMESPACE)
    return await library.experiences((await library.all_records()).records)


def replies(*pairs: tuple[int, int]) -> list[Any]:
    """Return two agreeing programs for each question."""
    return [code(own_program(*pair)) for pair in pairs for _ in range(2)]


async def test_a_teacher_turns_the_second_program_into_a_skill_that_answers_the_rest() -> None:
    store = InMemoryStore()
    task, teacher = ScriptedModel(script=replies(*PAIRS[:2])), ScriptedModel(script=[code(SUM_SKILL)])
    summary = await learn(learner(store, task, teacher), lessons(*PAIRS))
    assert summary.statuses == {"learnt": 1, "skill": 1, "recalled": 2}
    skill = next(one for one in await known(store) if one.is_skill)
    assert skill.is_trusted
    assert len(skill.questions) == 4
    assert len(teacher.asked) == 1


async def test_a_rewrite_that_fails_is_shown_its_error_and_kept_only_if_right() -> None:
    store = InMemoryStore()
    task = ScriptedModel(script=replies(*PAIRS[:2]))
    teacher = ScriptedModel(script=[code("print(1)"), code(WRONG_SKILL), code(SUM_SKILL)])
    summary = await learn(learner(store, task, teacher), lessons(*PAIRS[:2]))
    assert summary.statuses == {"learnt": 1, "skill": 1}
    assert "does not read its data from QUESTION" in str(teacher.asked[1])
    assert "a right answer is" in str(teacher.asked[2])
    assert all(one.record.program != WRONG_SKILL for one in await known(store))


async def test_a_teacher_that_never_gets_it_right_leaves_examples() -> None:
    store = InMemoryStore()
    task = ScriptedModel(script=replies(*PAIRS[:2]))
    teacher = ScriptedModel(script=[code(WRONG_SKILL)] * 3)
    summary = await learn(learner(store, task, teacher), lessons(*PAIRS[:2]))
    assert summary.statuses == {"learnt": 2}
    assert not any(one.is_skill for one in await known(store))


async def test_the_label_picks_the_right_attempt_and_names_the_failed_mode() -> None:
    store = InMemoryStore()
    wrong, right = code("print('<<<' + str(50 + 4) + '>>>')"), code(own_program(1, 10))
    await learn(learner(store, ScriptedModel(script=[wrong, right, wrong])), lessons(PAIRS[0]))
    (record,) = await known(store)
    assert record.record.program == own_program(1, 10)
    assert "code" in record.record.failed_modes


async def test_a_wrong_answer_is_never_remembered() -> None:
    store = InMemoryStore()
    wrong = [code("print('<<<' + str(50 + 4) + '>>>')")] * 2
    summary = await learn(learner(store, ScriptedModel(script=wrong)), lessons(PAIRS[0]))
    assert summary.statuses == {"unsolved": 1}
    assert await known(store) == []


async def test_without_labels_the_run_remembers_what_agreed() -> None:
    store = InMemoryStore()
    programs = [code(own_program(*PAIRS[0])), code("print(f'<<<{sum(n for n in range(1, 11))}>>>')")]
    summary = await learn(learner(store, ScriptedModel(script=programs)), lessons(PAIRS[0], labelled=False))
    assert summary.statuses == {"asked": 1}
    (record,) = await known(store)
    assert [piece.source for piece in record.findings] == ["agreement"]


async def test_the_same_command_goes_on_where_it_was_stopped() -> None:
    store = InMemoryStore()
    refusal = ModelRefusedError("quota")
    with pytest.raises(ModelRefusedError):
        await learn(learner(store, ScriptedModel(script=[*replies(PAIRS[0]), refusal])), lessons(*PAIRS[:2]))
    task = ScriptedModel(script=replies(PAIRS[1]))
    summary = await learn(learner(store, task), lessons(*PAIRS[:2]))
    assert summary.statuses == {"learnt": 2}
    assert sum_question(*PAIRS[0]) not in str(task.asked)


async def test_questions_of_a_task_are_judged_by_its_verifier() -> None:
    items = [
        load_task(slug).generate(0, 1, "train", index) for index in range(3) for slug in ("game24", "letters")
    ]
    drawn = item_lessons([*items, items[0]])
    assert [question.id for question in drawn.questions] == [item.id for item in items]
    item = items[0]
    solved = solved_sum(1, 2)
    assert not drawn.judge(solved, "4")
    assert drawn.judge(solved, "3")
    reordered = load_task("game24").format_answer(item.answer)
    question = type(solved)(question=item.question, answer="another solution")
    assert drawn.judge(question, reordered)
    assert not drawn.judge(question, "24")


def test_answers_may_be_numbers_and_questions_repeat() -> None:
    read = read_lessons(
        ['{"question": "1+1?", "answer": 2}', '{"question": " 1+1? ", "answer": "2"}', ""], "file"
    )
    assert [question.answer for question in read.questions] == ["2"]
    with pytest.raises(ConfigurationError, match="no questions"):
        read_lessons([" "], "file")
