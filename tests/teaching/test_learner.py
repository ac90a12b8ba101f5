"""Learning from a stream of questions, with programs that really run and scripted models."""

import json
import re
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
from tests.support.models import RecordingModel, ScriptedModel, code, scripted

from codesteer.errors import ModelRefusedError
from codesteer.experience.library import Library
from codesteer.experience.record import Experience, question_key
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
    store: InMemoryStore, task_model: RecordingModel, teacher: RecordingModel | None = None, model: str = "m"
) -> Learner:
    graph = create_codesteer(task_model=task_model, sandbox=SANDBOX).compile(store=store)
    return Learner(
        library=Library(store, LIBRARY_NAMESPACE),
        graph=graph,
        context=Context(experience=NAMESPACE, check_answer=False, candidates=1),
        sandbox=SANDBOX,
        model=model,
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


class Refusing(RecordingModel):
    """Answers sums, but refuses some."""

    refused: tuple[tuple[int, int], ...]

    def next_reply(self, messages: list[Any]) -> str:
        first, last = map(int, re.findall(r"\d+", messages[0].text)[:2])
        if (first, last) in self.refused:
            raise ModelRefusedError("context too long")
        return code(own_program(first, last))


async def test_a_question_that_fails_blocks_no_other_and_is_asked_again() -> None:
    store = InMemoryStore()
    summary = await learn(learner(store, Refusing(refused=PAIRS[:1])), lessons(*PAIRS[:3]))
    assert summary.statuses == {"failed": 1, "learnt": 2}
    assert summary.failures == ["0: task model: context too long"]
    task = Refusing(refused=())
    summary = await learn(learner(store, task), lessons(*PAIRS[:3]))
    assert (summary.statuses, summary.failures) == ({"learnt": 3}, [])
    assert all(sum_question(*PAIRS[0]) in str(sent) for sent in task.asked)


async def test_failures_in_a_row_end_the_command_and_name_the_question() -> None:
    built = learner(InMemoryStore(), Refusing(refused=PAIRS))
    with pytest.raises(ModelRefusedError) as failure:
        await learn(built, lessons(*PAIRS))
    assert str(failure.value) == "2: task model: context too long"
    assert (await learn(built, lessons(*PAIRS[:2]))).statuses == {"failed": 2}


async def test_failures_between_others_end_nothing() -> None:
    pairs = [(number, number + 3) for number in range(1, 9)]
    built = learner(InMemoryStore(), Refusing(refused=tuple(pair for pair in pairs if pair[0] % 3)))
    assert (await learn(built, lessons(*pairs))).statuses == {"failed": 6, "learnt": 2}


async def test_a_run_that_fails_after_a_wrong_answer_is_not_noted_as_unsolved() -> None:
    store = InMemoryStore()
    script = [code("print('<<<0>>>')"), ModelRefusedError("quota")]
    summary = await learn(learner(store, ScriptedModel(script=script)), lessons(PAIRS[0]))
    assert summary.failures == ["0: the run failed after its first answer"]
    assert await Library(store, LIBRARY_NAMESPACE).progress() == {}


WRONG = [code("print('<<<0>>>')"), code("print('<<<' + str(0) + '>>>')")]


async def test_what_is_done_is_done_again_only_if_something_changed() -> None:
    store, stream = InMemoryStore(), lessons(PAIRS[0])
    assert (await learn(learner(store, scripted(*WRONG)), stream)).statuses == {"unsolved": 1}
    assert (await learn(learner(store, scripted()), stream)).statuses == {"unsolved": 1}
    strong = learner(store, scripted(*replies(PAIRS[0])), model="strong")
    assert (await learn(strong, stream)).statuses == {"learnt": 1}
    assert (await learn(learner(store, scripted(), model="strong"), stream)).statuses == {"learnt": 1}
    assert (await learn(learner(store, scripted(), model="third"), stream)).statuses == {"recalled": 1}


async def test_a_forgotten_record_opens_its_questions_again() -> None:
    store, stream = InMemoryStore(), lessons(*PAIRS[:2])
    await learn(learner(store, scripted(*replies(*PAIRS[:2]))), stream)
    forgotten = next(one for one in await known(store) if one.record.question == sum_question(*PAIRS[0]))
    await Library(store, LIBRARY_NAMESPACE).forget(forgotten.key)
    task = scripted(*replies(PAIRS[0]))
    assert (await learn(learner(store, task), stream)).statuses == {"learnt": 2}
    assert sum_question(*PAIRS[1]) not in str(task.asked)
    assert len(await known(store)) == 2


async def test_an_answer_that_becomes_known_is_learnt_from() -> None:
    store = InMemoryStore()
    script = [code("print('<<<1>>>')"), code("print('<<<2>>>')")] * 3
    assert (await learn(learner(store, scripted(*script)), lessons(PAIRS[0], labelled=False))).statuses == {
        "asked": 1
    }
    summary = await learn(learner(store, scripted(*replies(PAIRS[0]))), lessons(PAIRS[0]))
    assert summary.statuses == {"learnt": 1}


async def test_a_corrected_answer_contradicts_what_was_learnt() -> None:
    store, question = InMemoryStore(), "What is the whole number after 54?"
    for answer, program in (("54", "print('<<<' + str(27 * 2) + '>>>')"), ("55", own_program(1, 10))):
        stream = read_lessons(json.dumps({"question": question, "answer": answer}), "file")
        summary = await learn(learner(store, scripted(*[code(program)] * 2)), stream)
        assert summary.statuses == {"learnt": 1}
    right = {one.record.answer: one.answers(question) for one in await known(store)}
    assert right == {"54": False, "55": True}


@pytest.mark.parametrize(
    "foreign", [{}, {"foo": 1}, {"status": "dancing", "tokens": 1, "work": "x"}, {"status": "learnt"}]
)
async def test_foreign_notes_of_progress_count_as_none(foreign: dict[str, Any]) -> None:
    store = InMemoryStore()
    store.put((*LIBRARY_NAMESPACE, "progress"), question_key(sum_question(*PAIRS[0])), foreign)
    summary = await learn(learner(store, scripted(*replies(PAIRS[0]))), lessons(PAIRS[0]))
    assert summary.statuses == {"learnt": 1}


@pytest.mark.parametrize(
    "line",
    [
        {"question": "x" * 100_001, "answer": "1"},
        {"question": "x" * 100_001},
        {"question": "x", "answer": "1" * 100_001},
    ],
)
async def test_what_is_too_long_to_be_remembered_is_not_asked(line: dict[str, str]) -> None:
    summary = await learn(learner(InMemoryStore(), scripted()), read_lessons(json.dumps(line), "file"))
    assert summary.statuses == {"too_long": 1}


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
