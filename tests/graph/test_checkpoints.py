"""Every value of the state survives a checkpoint, and a run interrupted for review resumes."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from tests.support.models import check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.code_report import CodeCounts, CodeReport, Finding
from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.state import Turn
from codesteer.graph.values import read_state, write_update
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.models.usage import Usage
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 7", "product")
INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}
CONFIG: Any = {"configurable": {"thread_id": "1"}}


def full_turn() -> Turn:
    execution = ExecutionResult(status=ExecutionStatus.OK, stdout="42\n", exit_code=0, wall_seconds=0.1)
    return Turn(
        number=1,
        decision=Decision(
            action=Action.CODE, mode=Mode.CODE, guidance="g", reason="r", guide="rules", usage=Usage(calls=1)
        ),
        reply=SOLVE,
        program="print(6 * 7)",
        answer="42",
        execution=execution,
        code_report=CodeReport(
            answer_origin="computed",
            complexity=1.5,
            findings=(Finding(kind="uncalled_function", line=3, message="m"),),
            counts=CodeCounts(loops=2),
        ),
        answer_report=AnswerReport(verdict=Verdict.UNCLEAR, reason="r", program="p", execution=execution),
        usage={"task": Usage(calls=1, input_tokens=5, cost=0.1)},
        seconds=1.0,
    )


async def test_every_value_of_a_turn_survives_a_checkpoint() -> None:
    graph = create_codesteer(task_model=scripted()).compile(checkpointer=InMemorySaver())
    turn = full_turn()
    await graph.aupdate_state(
        CONFIG, write_update({**INPUT, "turns": [turn], "current": [turn]}), as_node="record"
    )
    values = read_state((await graph.aget_state(CONFIG)).values)
    assert values["turns"] == [turn]
    assert values["current"] == [turn]


async def test_the_state_of_a_checkpointed_run_has_the_results_values() -> None:
    task = scripted(SOLVE, TEST)
    graph = create_codesteer(task_model=task, sandbox=ScriptedSandbox("42", "CONFIRMED")).compile(
        checkpointer=InMemorySaver()
    )
    result = read_state(await graph.ainvoke(INPUT, CONFIG, context=Context(candidates=1)))
    values = read_state((await graph.aget_state(CONFIG)).values)
    assert values["turns"] == result["turns"]
    assert isinstance(values["turns"][0], Turn)
    assert isinstance(values["turns"][0].execution, ExecutionResult)
    assert isinstance(values["decision"], Decision)
    assert isinstance(values["usage"]["task"], Usage)


async def interrupted(review: tuple[Any, ...], *script: str, outputs: tuple[str, ...]) -> Any:
    task, sandbox = scripted(*script), ScriptedSandbox(*outputs)
    graph = create_codesteer(task_model=task, sandbox=sandbox).compile(checkpointer=InMemorySaver())
    context = Context(review=review, candidates=1)
    result = read_state(await graph.ainvoke(INPUT, CONFIG, context=context))
    (asked,) = result["__interrupt__"][0].value["action_requests"]
    return graph, context, task, sandbox, asked


async def test_code_waits_for_approval() -> None:
    graph, context, task, sandbox, asked = await interrupted(
        ("code",), SOLVE, TEST, outputs=("42", "CONFIRMED")
    )
    assert (asked["name"], asked["args"]) == ("run_program", {"program": "print(6 * 7)"})
    assert sandbox.programs == []
    result = read_state(await graph.ainvoke(Command(resume="approve"), CONFIG, context=context))
    assert result["answer"] == "42"
    assert len(task.asked) == 2, "the interrupt causes no second model call"


async def test_a_resumed_run_keeps_its_settings() -> None:
    graph, _, task, _, _ = await interrupted(
        ("code",), SOLVE, TEST, SOLVE, outputs=("41", "REFUTED: product")
    )
    first = await graph.ainvoke(Command(resume="approve"), CONFIG)
    assert "__interrupt__" in first, "the second program is reviewed as well"
    assert len(task.asked) == 3, "one candidate at a time"
    result = read_state(await graph.ainvoke(Command(resume="reject"), CONFIG, context={"max_turns": 2}))
    assert result["outcome"] == "turn_limit"


async def test_the_next_question_has_its_own_settings() -> None:
    model = scripted(*[SOLVE] * 5)
    graph = create_codesteer(task_model=model, sandbox=ScriptedSandbox(*["42"] * 5)).compile(
        checkpointer=InMemorySaver()
    )
    question: Any = {"messages": [HumanMessage("And 2 * 21?")]}
    narrow = Context(max_turns=1, check_answer=False, candidates=1)
    await graph.ainvoke(INPUT, CONFIG, context=narrow)
    unchecked: Any = {"check_answer": False}
    result = await graph.ainvoke(question, CONFIG, context=unchecked)
    assert len(result["turns"]) == 2
    settings = (await graph.aget_state(CONFIG)).values["settings"]
    assert settings == {"check_answer": False}


async def test_settings_with_credentials_are_not_stored() -> None:
    graph = create_codesteer(task_model=scripted()).compile(checkpointer=InMemorySaver())
    secret: Any = {"task_model": "http://user:secret@host/v1#m"}
    with pytest.raises(ConfigurationError):
        await graph.ainvoke(INPUT, CONFIG, context=secret)
    assert "secret" not in str((await graph.aget_state(CONFIG)).values)


@pytest.mark.parametrize("config", [None, CONFIG])
@pytest.mark.parametrize("checkpointer", [None, False])
@pytest.mark.parametrize("settings", [{}, {"experience": ("app",)}])
async def test_a_review_without_a_checkpointer_is_refused_before_a_model_is_asked(
    config: Any, checkpointer: Any, settings: Any
) -> None:
    """A thread id saves nothing; nor may a remembered program wait for a person."""
    model = scripted(SOLVE)
    builder = create_codesteer(task_model=model, sandbox=ScriptedSandbox())
    graph = builder.compile(checkpointer, store=InMemoryStore())
    with pytest.raises(ConfigurationError, match="compile the graph with a checkpointer"):
        await graph.ainvoke(INPUT, config, context=Context(review=("code",), **settings))
    assert model.asked == []


@pytest.mark.parametrize(
    ("own", "outer", "resumable"),
    [
        (None, InMemorySaver(), True),
        (True, InMemorySaver(), True),
        (False, InMemorySaver(), False),
        (None, None, False),
        (False, None, False),
    ],
)
def test_a_node_is_reviewed_if_it_has_the_outer_graphs_checkpointer(
    own: Any, outer: Any, resumable: bool
) -> None:
    node = create_codesteer(task_model=scripted(SOLVE), sandbox=ScriptedSandbox("42")).compile(own)
    builder = StateGraph(MessagesState, context_schema=Context).add_node("node", node)
    graph = builder.add_edge(START, "node").compile(checkpointer=outer)
    context = Context(review=("code",), candidates=1, check_answer=False, max_turns=1)
    if not resumable:
        with pytest.raises(ConfigurationError, match="compile the graph with a checkpointer"):
            graph.invoke(INPUT, CONFIG, context=context)
        return
    assert "__interrupt__" in graph.invoke(INPUT, CONFIG, context=context)
    result = graph.invoke(Command(resume="approve"), CONFIG, context=context)
    assert result["messages"][-1].text == "42"


@pytest.mark.parametrize(
    "typed", ["print(2 * 21)", "```python\nprint(2 * 21)\n```", "Rather:\n~~~\nprint(2 * 21)\n~~~\n"]
)
async def test_code_can_be_edited(typed: str) -> None:
    graph, context, _, sandbox, _ = await interrupted(("code",), SOLVE, TEST, outputs=("42", "CONFIRMED"))
    edit = {"type": "edit", "text": typed}
    result = read_state(await graph.ainvoke(Command(resume=edit), CONFIG, context=context))
    assert sandbox.programs[0].endswith("print(2 * 21)")
    assert result["turns"][0].program == "print(2 * 21)"


async def test_a_rejected_program_does_not_run_and_the_reason_guides_the_next_turn() -> None:
    graph, context, task, sandbox, _ = await interrupted(
        ("code",), SOLVE, SOLVE, TEST, outputs=("42", "CONFIRMED")
    )
    refusal = {"type": "reject", "reason": "use no multiplication"}
    again = read_state(await graph.ainvoke(Command(resume=refusal), CONFIG, context=context))
    assert again["__interrupt__"][0].value["action_requests"][0]["name"] == "run_program"
    assert sandbox.programs == []
    assert "use no multiplication" in texts(task.asked[1])[-1]


async def test_guidance_can_be_edited_before_it_is_sent() -> None:
    graph, context, task, _, asked = await interrupted(
        ("guidance",), SOLVE, TEST, outputs=("42", "CONFIRMED")
    )
    assert asked["name"] == "send_guidance"
    assert task.asked == []
    await graph.ainvoke(Command(resume={"type": "edit", "text": "Be quick."}), CONFIG, context=context)
    assert "Be quick." in texts(task.asked[0])[-1]


async def test_rejected_guidance_ends_the_run() -> None:
    graph, context, task, _, _ = await interrupted(("guidance",), outputs=())
    result = read_state(await graph.ainvoke(Command(resume="reject"), CONFIG, context=context))
    assert result["outcome"] == "terminated"
    assert task.asked == []


@pytest.mark.parametrize("nonsense", [17, "perhaps", {"type": "edit"}, [], {"type": "edit", "text": " "}])
async def test_an_invalid_review_is_requested_again(nonsense: Any) -> None:
    graph, context, _, _, _ = await interrupted(("code",), SOLVE, TEST, outputs=("42", "CONFIRMED"))
    again = read_state(await graph.ainvoke(Command(resume=nonsense), CONFIG, context=context))
    assert "none of the accepted forms" in again["__interrupt__"][0].value["error"]
    result = read_state(await graph.ainvoke(Command(resume="approve"), CONFIG, context=context))
    assert result["answer"] == "42"


@pytest.mark.parametrize("reviewed", ["code", "guidance"])
async def test_what_a_person_rejects_is_an_event(reviewed: Any) -> None:
    builder = create_codesteer(task_model=scripted(SOLVE, SOLVE), sandbox=ScriptedSandbox("42", "42"))
    graph = builder.compile(checkpointer=InMemorySaver())
    context = Context(check_answer=False, candidates=1, max_turns=1, review=(reviewed,))
    await graph.ainvoke(INPUT, CONFIG, context=context)
    answer: Any = Command(resume={"type": "reject", "message": "too slow"})
    events = [part async for part in graph.astream(answer, CONFIG, context=context, stream_mode="custom")]
    rejected = [event for event in events if event["event"] == "rejected"]
    assert rejected == [{"event": "rejected", "turn": 1, "reason": "too slow"}]
