"""Runs that recall and learn: with programs that really run, and a scripted task model."""

import pytest
from langchain_core.messages import HumanMessage
from langgraph.store.memory import InMemoryStore
from tests.support.experience import (
    ANSWER,
    LIBRARY_NAMESPACE,
    NAMESPACE,
    PAIRS,
    QUESTION,
    SANDBOX,
    SUM_SKILL,
    WRONG_SKILL,
    DownStore,
    ask,
    own_program,
    sum_question,
    teach,
)
from tests.support.models import ScriptedModel, code

from codesteer.chat.model import ChatCodeSteer
from codesteer.errors import ConfigurationError
from codesteer.experience.library import Library
from codesteer.experience.record import Experience
from codesteer.graph.context import Context
from codesteer.graph.workflow import create_codesteer


async def remembered(store: InMemoryStore) -> list[Experience]:
    library = Library(store, LIBRARY_NAMESPACE)
    return await library.experiences((await library.all_records()).records)


async def test_a_trusted_skill_answers_without_a_model() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    result, model = await ask(store)
    assert (result["answer"], result["outcome"]) == (ANSWER, "returned")
    assert model.asked == []
    assert [turn.recalled is not None for turn in result["turns"]] == [True]
    assert result["decision"].guide == "experience"
    assert sum(used.tokens for used in result["usage"].values()) == 0
    assert result["experience"].skill.reliability == 0.8
    (skill,) = await remembered(store)
    assert skill.reuses == 1


async def test_a_young_skill_needs_an_independent_program_that_agrees() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS[:2])
    replies = [code(own_program(7, 70)), code(own_program(7, 70))]
    result, model = await ask(store, script=replies, candidates=1)
    assert result["answer"] == ANSWER
    assert len(model.asked) == 1
    assert [turn.recalled is not None for turn in result["turns"]] == [True, False]
    assert "remembered" not in str(model.asked)


async def test_a_wrong_skill_is_outvoted_contradicted_and_retired() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, (0, 0), (5, 5), (8, 8), program=WRONG_SKILL, source="agreement")
    (before,) = await remembered(store)
    for first in (7, 8, 9, 10):
        replies = [code(f"{own_program(first, 70)}  # {number}") for number in "ab"]
        replies[1] = code(f"total = sum(n for n in range({first}, 71))\nprint(f'<<<{{total}}>>>')")
        result, _ = await ask(store, sum_question(first, 70), replies)
        assert result["answer"] == str(sum(range(first, 71)))
    wrong = next(one for one in await remembered(store) if one.record.program == WRONG_SKILL)
    assert wrong.reliability < before.reliability
    assert wrong.is_retired


async def test_a_skill_made_for_another_form_is_not_run() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, (0, 0), (5, 5), program=WRONG_SKILL, source="agreement")
    replies = [code(f"print('<<<{number}>>>')") for number in range(10, 15)]
    other_form = QUESTION.replace("both included", "not both included")
    result, _ = await ask(store, other_form, replies, max_turns=3)
    assert [turn.recalled for turn in result["turns"]] == [None] * 3


async def test_agreement_of_independent_programs_is_remembered() -> None:
    store = InMemoryStore()
    programs = [own_program(7, 70), "print(f'<<<{sum(n for n in range(7, 71))}>>>')"]
    result, _ = await ask(store, script=[code(program) for program in programs])
    assert result["answer"] == ANSWER
    (record,) = await remembered(store)
    assert record.record.program in programs
    assert [piece.source for piece in record.findings] == ["agreement"]
    assert result["experience"].learnt == (record.key,)


async def test_agreement_after_other_attempts_is_not_remembered() -> None:
    store = InMemoryStore()
    programs = [
        "print(f'<<<{40 + 2}>>>')",
        "1/0",
        own_program(7, 70),
        "print(f'<<<{sum(n for n in range(7, 71))}>>>')",
    ]
    result, _ = await ask(store, script=[code(program) for program in programs])
    assert result["answer"] == ANSWER
    assert await remembered(store) == []


@pytest.mark.parametrize("nothing", ["[]", "None", "no solution found"])
async def test_programs_that_agree_on_nothing_teach_nothing(nothing: str) -> None:
    store = InMemoryStore()
    programs = [f"print('<<<' + {expression} + '>>>')" for expression in (repr(nothing), f"str({nothing!r})")]
    await ask(store, script=[code(program) for program in programs] * 3)
    assert await remembered(store) == []


async def test_one_program_alone_is_not_remembered() -> None:
    store = InMemoryStore()
    await ask(store, script=[code(own_program(7, 70))], max_turns=1)
    assert await remembered(store) == []


async def test_a_run_can_recall_without_learning() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    await ask(store, learn=False)
    (skill,) = await remembered(store)
    assert skill.reuses == 0


async def test_without_a_namespace_nothing_is_recalled_or_learnt() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    replies = [code(own_program(7, 70)), code("print('<<<' + str(2464 + 0) + '>>>')")]
    result, model = await ask(store, script=replies, experience=())
    assert len(model.asked) == 2
    assert not result["experience"].learnt


async def test_a_store_that_is_down_is_noted_and_the_run_goes_on() -> None:
    programs = [own_program(7, 70), "print(f'<<<{sum(n for n in range(7, 71))}>>>')"]
    result, _ = await ask(DownStore(), script=[code(program) for program in programs])
    assert result["answer"] == ANSWER
    assert "connection refused" in result["experience"].note


async def test_a_graph_without_a_store_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"compile\(store="):
        await ask(None)


async def test_files_and_follow_ups_are_not_learnt() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    replies = [code(own_program(7, 70)), code("print('<<<' + str(2464 + 0) + '>>>')")]
    result, model = await ask(store, script=replies, files={"data.csv": "1,2"})
    assert len(model.asked) == 2
    assert "files" in result["experience"].note
    assert len(await remembered(store)) == 1


async def test_another_user_sees_nothing() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    replies = [code(own_program(7, 70)), code("print('<<<' + str(2464 + 0) + '>>>')")]
    _, model = await ask(store, script=replies, experience=("tests", "bob"))
    assert len(model.asked) == 2
    assert SUM_SKILL not in str(model.asked)


@pytest.mark.parametrize("namespace", [("a.b",), ("",), ("a", "b", "c", "d", "e"), ("x" * 101,), ("a b",)])
def test_a_namespace_that_no_store_takes_is_refused(namespace: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="experience"):
        Context(experience=namespace)


async def test_the_same_run_synchronously() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    graph = create_codesteer(task_model=ScriptedModel(script=[]), sandbox=SANDBOX).compile(store=store)
    result = graph.invoke({"messages": [HumanMessage(QUESTION)]}, context=Context(experience=NAMESPACE))
    assert result["answer"] == ANSWER


async def test_a_chat_model_with_a_store_recalls_and_learns() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    chat = ChatCodeSteer(
        task_model=ScriptedModel(script=[]), sandbox=SANDBOX, store=store, experience=NAMESPACE
    )
    assert chat.invoke(QUESTION).text == ANSWER
    assert (await chat.ainvoke(sum_question(8, 80))).text == str(sum(range(8, 81)))
    (skill,) = await remembered(store)
    assert skill.reuses == 2
