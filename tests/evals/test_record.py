"""The record of a run holds what is scored: whole answers, however long."""

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer.evals.methods.registry import load_method
from codesteer.evals.record import answers_by_turn, from_json, run_record, to_json
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.nodes.runtime import Resources
from codesteer.symbench import Outcome, load_task


@pytest.mark.parametrize(
    ("slug", "level", "long"),
    [
        ("boxnet", 6, True),
        ("standard_sudoku", 7, True),
        ("standard_sudoku", 1, False),
        ("number_multiply", 1, False),
    ],
)
async def test_every_turns_whole_answer_is_scored(slug: str, level: int, long: bool) -> None:
    task = load_task(slug)
    item = task.generate(0, level)
    right = task.format_answer(item.answer)
    method = load_method("code_text_sum")
    model = scripted(code("print(1)"), f"It is <<<{right}>>>", "None of them: <<<[]>>>")
    resources = Resources(task_model=model, sandbox=ScriptedSandbox(f"<<<{right}>>>"))
    graph = method.build(resources).compile()
    state = read_state(
        await graph.ainvoke({"messages": [HumanMessage(item.question)]}, context=Context(**method.settings))
    )
    stored = to_json(run_record(state, state["outcome"], 0.0))
    answers = answers_by_turn(stored)
    assert (len(answers[0]) > 2000) is long
    outcomes = [task.score(item, answer).outcome for answer in answers]
    assert [outcome is Outcome.CORRECT for outcome in outcomes] == [True, True, False]
    assert [turn.answer for turn in from_json(stored).turns] == [turn.answer for turn in state["turns"]]
