"""The whole graph with scripted models: requests, programs and outcomes."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from tests.support.models import ScriptedModel, check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox, crashed, judged, stopped

from codesteer.errors import ConfigurationError, ModelUnavailableError, SandboxError
from codesteer.graph.context import Context
from codesteer.graph.routing import END_LABEL, FAILURE_LABEL, NOTHING_TO_CHECK_LABEL, WRITER_NODES
from codesteer.graph.values import read_state
from codesteer.graph.workflow import compile_graph, create_codesteer
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.guides.decision import Action, Mode
from codesteer.nodes.runtime import NodeRuntime, Resources
from codesteer.sandboxes.execution import ExecutionStatus

QUESTION = "What is the sum of the numbers 12, 30 and 7? Return it as <<<number>>>."
SUM = code("result = 12 + 30 + 7\nprint('<<<' + str(result) + '>>>')")
TEST = check("int(answer) == sum([12, 30, 7])", "sum")


async def run(
    task: ScriptedModel, sandbox: ScriptedSandbox, question: str = QUESTION, **options: Any
) -> dict[str, Any]:
    guide = options.pop("guide_object", None)
    checker = options.pop("checker", None)
    graph = create_codesteer(task_model=task, sandbox=sandbox, guide=guide, checker_model=checker).compile()
    result = read_state(
        await graph.ainvoke(
            {"messages": [HumanMessage(question)]}, context=Context(**{"candidates": 1} | options)
        )
    )
    return read_state(result)


async def test_a_confirmed_answer_is_returned() -> None:
    task, sandbox = scripted(SUM, TEST), ScriptedSandbox("<<<49>>>\n", "CONFIRMED\n")
    result = await run(task, sandbox)
    assert result["answer"] == "49"
    assert result["outcome"] == "returned"
    assert result["messages"][-1].text == "<<<49>>>"
    (turn,) = result["turns"]
    assert turn.mode is Mode.CODE
    assert turn.code_report.answer_origin == "computed"
    assert turn.answer_report.verdict == "confirmed"
    assert result["decision"].action is Action.RETURN


async def test_programs_find_question_and_answer_as_variables() -> None:
    sandbox = ScriptedSandbox("<<<49>>>\n", "CONFIRMED\n")
    await run(scripted(SUM, TEST), sandbox)
    solving, checking = sandbox.programs
    assert solving.startswith(f"QUESTION = {QUESTION!r}\n")
    assert checking.startswith(f"QUESTION = {QUESTION!r}\n")
    assert 'call_with_answers(is_correct, ["49", ' in checking


async def test_the_task_model_sees_which_packages_it_may_import() -> None:
    task = scripted(SUM, TEST)
    await run(task, ScriptedSandbox("<<<49>>>\n", "CONFIRMED\n"))
    assert "it may import: sympy." in task.asked[0][-1].text


async def test_usage_is_recorded_by_role() -> None:
    result = await run(scripted(SUM, TEST), ScriptedSandbox("<<<49>>>", "CONFIRMED"))
    assert {role: used.calls for role, used in result["usage"].items()} == {
        "guide": 0,
        "task": 1,
        "checker": 1,
    }
    assert result["usage"]["task"].output_tokens == len(SUM.split())
    assert result["turns"][0].usage["checker"] == result["usage"]["checker"]


async def test_the_task_model_sees_what_its_program_did_and_conversations_only_grow() -> None:
    task = scripted(SUM, TEST, SUM, TEST)
    sandbox = ScriptedSandbox("<<<48>>>", "REFUTED: the sum is 49", "<<<49>>>", "CONFIRMED")
    result = await run(task, sandbox)
    first, second = task.asked[0], task.asked[2]
    assert texts(second)[: len(first)] == texts(first)
    assert "The program printed:\n<<<48>>>" in second[-1].text
    assert [turn.decision.action for turn in result["turns"]] == [Action.CODE, Action.IMPROVE]


async def test_after_a_crash_the_task_model_starts_over_and_knows_the_error() -> None:
    task = scripted(code("print(1/0)"), SUM, TEST)
    sandbox = ScriptedSandbox(crashed("ZeroDivisionError: division by zero"), "<<<49>>>", "CONFIRMED")
    result = await run(task, sandbox)
    (message,) = task.asked[1]
    assert "ZeroDivisionError: division by zero" in message.text
    assert [turn.decision.start_over for turn in result["turns"]] == [False, True]


async def test_a_refuted_answer_is_improved() -> None:
    task = scripted(SUM, TEST, SUM, TEST)
    sandbox = ScriptedSandbox("<<<48>>>", "REFUTED: the sum is 49", "<<<49>>>", "CONFIRMED")
    result = await run(task, sandbox)
    assert result["answer"] == "49"
    assert "the sum is 49" in task.asked[2][-1].text


async def test_the_turn_limit_ends_a_run_with_the_best_answer() -> None:
    task = scripted(SUM, TEST, SUM, TEST)
    sandbox = ScriptedSandbox("<<<1>>>", "REFUTED: a", "<<<2>>>", "REFUTED: b")
    result = await run(task, sandbox, max_turns=2)
    assert result["outcome"] == "turn_limit"
    assert result["answer"] == "2"
    assert len(result["turns"]) == 2


async def test_a_separate_checker_model_writes_the_tests() -> None:
    task, checker = scripted(SUM), scripted(TEST)
    result = await run(task, ScriptedSandbox("<<<49>>>", "CONFIRMED"), checker=checker)
    assert result["answer"] == "49"
    assert len(checker.asked) == 1


async def test_checkers_can_be_switched_off() -> None:
    result = await run(
        scripted(SUM), ScriptedSandbox("<<<49>>>"), check_code=False, check_answer=False, max_turns=1
    )
    (turn,) = result["turns"]
    assert turn.code_report is None
    assert turn.answer_report is None
    assert result["answer"] == "49"


async def test_a_text_answer_is_checked_too() -> None:
    task = scripted("It is Paris. <<<Paris>>>", check("'ari' in answer", "city"))
    sandbox = ScriptedSandbox("CONFIRMED")
    result = await run(task, sandbox, question="Which city is the capital of France?")
    (turn,) = result["turns"]
    assert turn.mode is Mode.TEXT
    assert turn.answer_report.verdict == "confirmed"
    assert result["messages"][-1].text == "It is Paris. <<<Paris>>>"


@pytest.mark.parametrize(
    ("checking", "output", "reason"),
    [
        ("no program here", None, "wrote no program"),
        (code("raise ValueError"), crashed("ValueError"), "status error"),
        (code("import os"), "", "ended the program"),
        (check("True"), judged(lambda _: True), "cannot tell the answer"),
        (check("False"), judged(lambda _: False), "rejects every answer"),
        (check("answer", "no"), judged(lambda answer: answer != "49"), "cannot tell the answers"),
        (check("answer > 4"), judged(lambda _: None), "the check failed"),
        (
            code("def is_correct(answer):\n    return int(answer) == 49"),
            judged(lambda answer: answer == "49"),
            "states an answer instead of computing it",
        ),
    ],
)
async def test_a_check_that_proves_nothing_is_unclear(checking: str, output: Any, reason: str) -> None:
    outputs = [output] if output is not None else []
    result = await run(
        scripted(SUM, checking), ScriptedSandbox("<<<49>>>", *outputs), checker_programs=1, max_turns=1
    )
    report = result["turns"][0].answer_report
    assert report.verdict == "unclear"
    assert reason in report.reason
    assert result["answer"] == "49"


CONFIRMS, REFUTES, CRASHES = "CONFIRMED", "REFUTED: sum", crashed("NameError: nonsense")


@pytest.mark.parametrize(
    ("outputs", "verdict"),
    [
        ((CRASHES, CONFIRMS), "confirmed"),
        ((CONFIRMS, CRASHES), "confirmed"),
        ((REFUTES, REFUTES), "refuted"),
        ((CRASHES, CRASHES), "unclear"),
        ((CONFIRMS, REFUTES), "unclear"),
    ],
)
async def test_checking_programs_run_in_parallel_and_their_reports_are_combined(
    outputs: tuple[Any, Any], verdict: str
) -> None:
    sandbox = ScriptedSandbox("<<<49>>>", *outputs)
    result = await run(scripted(SUM, TEST, TEST), sandbox, checker_programs=2, max_turns=1)
    report = result["turns"][0].answer_report
    assert (report.verdict, report.programs_tried) == (verdict, 2)
    assert result["usage"]["checker"].calls == 2


NO_VERDICT = code("print(nonsense)")


async def test_one_unclear_check_does_not_disable_the_checker() -> None:
    task = scripted(SUM, NO_VERDICT, SUM, TEST)
    sandbox = ScriptedSandbox("<<<48>>>", crashed("NameError: nonsense"), "<<<49>>>", "CONFIRMED")
    result = await run(task, sandbox)
    assert [turn.answer_report.verdict for turn in result["turns"]] == ["unclear", "confirmed"]


async def test_a_checker_with_three_unclear_checks_is_no_longer_used() -> None:
    task = scripted(*[SUM, NO_VERDICT] * 3, SUM)
    outputs = [line for n in range(3) for line in (f"<<<{n}>>>", crashed("NameError: nonsense"))]
    result = await run(task, ScriptedSandbox(*outputs, "<<<49>>>"), max_turns=4)
    reports = [turn.answer_report for turn in result["turns"]]
    assert [report and report.verdict for report in reports] == ["unclear", "unclear", "unclear", None]


@pytest.mark.parametrize(
    ("settings", "given", "checked"),
    [
        ({}, {}, False),
        ({"check_answer": True}, {}, True),
        ({"checker_model": "openai:gpt-4o"}, {}, True),
        ({"checker_model": "openai:gpt-4o", "check_answer": False}, {}, False),
        ({"task_model": "openai:gpt-4o"}, {}, True),
        ({"task_model": "openai:gpt-4o", "checker_model": "local"}, {}, False),
        ({}, {"task_model": scripted()}, True),
        ({}, {"checker_model": scripted()}, True),
        ({"checker_model": "local"}, {"task_model": scripted()}, False),
    ],
)
def test_the_embedded_model_checks_no_answers_by_default(settings: Any, given: Any, checked: bool) -> None:
    runtime = NodeRuntime(context=Context(**settings), resources=Resources(**given))
    assert runtime.enabled_checkers.answer is checked


async def test_a_model_that_steers() -> None:
    guide_model = scripted(
        '{"action": "code", "guidance": "Add them up.", "reason": "arithmetic"}',
        '{"action": "return", "guidance": "", "reason": "it was confirmed"}',
    )
    task = scripted(SUM, TEST)
    guide = ChatModelGuide(guide_model, "scripted")
    result = await run(task, ScriptedSandbox("<<<49>>>", "CONFIRMED"), guide_object=guide)
    assert result["outcome"] == "returned"
    assert "Add them up." in task.asked[0][-1].text
    assert result["usage"]["guide"].calls == 2


async def test_giving_up_is_an_outcome() -> None:
    guide = ChatModelGuide(scripted('{"action": "text"}', '{"action": "terminate"}'), "scripted")
    result = await run(scripted("I cannot say."), ScriptedSandbox(), guide_object=guide, check_answer=False)
    assert result["outcome"] == "terminated"


async def test_a_failure_in_the_first_turn_is_raised() -> None:
    with pytest.raises(ModelUnavailableError):
        await run(scripted(ModelUnavailableError("down")), ScriptedSandbox())


@pytest.mark.parametrize(
    "failure",
    [ModelUnavailableError("the endpoint is down"), AssertionError("a bug"), ConfigurationError("no key")],
)
async def test_a_later_failure_keeps_the_finished_turns(failure: Exception) -> None:
    task = scripted(SUM, TEST, failure)
    result = await run(task, ScriptedSandbox("<<<48>>>", "REFUTED: sum"))
    assert result["outcome"] == "failed"
    assert result["answer"] == "48"
    assert len(result["turns"]) == 1


async def test_a_missing_package_of_the_checkers_model_loses_no_answer() -> None:
    graph = create_codesteer(task_model=scripted(SUM), sandbox=ScriptedSandbox("<<<49>>>")).compile()
    context = Context(candidates=1, max_turns=1, check_answer=True, checker_model="anthropic:x")
    result: Any = await graph.ainvoke({"messages": [HumanMessage("What is 12 + 30 + 7?")]}, context=context)
    assert (result["outcome"], result["answer"]) == ("failed", "49")


async def test_a_failure_while_the_answer_is_selected_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("codesteer.nodes.finish.prompts_hash", fail)
    with pytest.raises(RecursionError, match="too deep"):
        await run(scripted(SUM, SUM), ScriptedSandbox("<<<49>>>", "<<<49>>>"))


async def test_a_failing_sandbox_is_never_shown_to_the_models() -> None:
    with pytest.raises(SandboxError):
        await run(scripted(SUM), ScriptedSandbox(SandboxError("no namespaces")))


async def test_an_unfinished_turn_joins_the_record() -> None:
    task = scripted(code("print(1/0)"), SUM)
    sandbox = ScriptedSandbox(crashed("ZeroDivisionError"), SandboxError("gone"))
    result = await run(task, sandbox)
    assert [turn.number for turn in result["turns"]] == [1, 2]
    assert result["turns"][1].execution is None


@pytest.mark.parametrize("messages", [[], [HumanMessage("   ")], [AIMessage("hello")]])
async def test_an_empty_question_is_rejected(messages: list[Any]) -> None:
    graph = create_codesteer(task_model=scripted(), sandbox=ScriptedSandbox()).compile()
    with pytest.raises(ConfigurationError, match="question is empty"):
        await graph.ainvoke({"messages": messages})


async def test_without_a_context_the_defaults_apply() -> None:
    task, sandbox = scripted(SUM, SUM), ScriptedSandbox("<<<49>>>", "<<<49>>>")
    graph = create_codesteer(task_model=task, sandbox=sandbox).compile()
    result = read_state(await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}))
    assert (result["answer"], result["outcome"], len(result["turns"])) == ("49", "returned", 2)
    assert result["turns"][0].answer_report is None, "two programs that agree need no check"


async def test_a_second_question_on_a_thread_starts_a_new_record() -> None:
    from langgraph.checkpoint.memory import InMemorySaver

    task = scripted(SUM, TEST, SUM, TEST)
    sandbox = ScriptedSandbox("<<<49>>>", "CONFIRMED", "<<<50>>>", "CONFIRMED")
    graph = create_codesteer(task_model=task, sandbox=sandbox).compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    context = Context(candidates=1)
    await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, config, context=context)
    follow_up: Any = {"messages": [HumanMessage("And the sum plus 1?")]}
    result = read_state(await graph.ainvoke(follow_up, config, context=context))
    assert result["answer"] == "50"
    assert [turn.number for turn in result["turns"]] == [1]
    assert result["usage"]["task"].calls == 1
    assert QUESTION in texts(task.asked[2])[0], "a follow-up question comes with the conversation before it"


async def test_a_timeout_asks_for_a_faster_algorithm() -> None:
    task = scripted(SUM, SUM, TEST)
    await run(task, ScriptedSandbox(stopped(ExecutionStatus.TIMEOUT), "<<<49>>>", "CONFIRMED"))
    assert "faster algorithm" in task.asked[1][-1].text


def test_the_diagram_shows_the_decision_and_every_way_to_the_end() -> None:
    edges = {(edge.source, edge.data, edge.target) for edge in compile_graph().get_graph().edges}
    assert edges == {
        ("__start__", None, "begin"),
        ("begin", "new question", "guide"),
        ("begin", "answered before", "__end__"),
        ("begin", "experience", "recall"),
        ("recall", "skill", "execute"),
        ("recall", "no skill", "guide"),
        ("finish", "experience", "learn"),
        ("learn", None, "__end__"),
        ("guide", "code", "write_program"),
        ("guide", "text", "write_text"),
        ("guide", END_LABEL, "finish"),
        *((writer, "program", "execute") for writer in WRITER_NODES.values()),
        *((writer, "no program", "check_answer") for writer in WRITER_NODES.values()),
        *((writer, NOTHING_TO_CHECK_LABEL, "record") for writer in WRITER_NODES.values()),
        *((writer, FAILURE_LABEL, "finish") for writer in WRITER_NODES.values()),
        ("execute", "check code", "check_code"),
        ("execute", "check answer", "check_answer"),
        ("execute", NOTHING_TO_CHECK_LABEL, "record"),
        ("check_code", None, "record"),
        ("check_answer", None, "record"),
        ("record", "next turn", "guide"),
        ("record", FAILURE_LABEL, "finish"),
        ("finish", "done", "__end__"),
    }
