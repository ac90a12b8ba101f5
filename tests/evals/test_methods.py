"""Each method sends its messages, and its last step gives the answer."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from tests.support.models import ScriptedModel, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox, crashed

from codesteer.errors import ConfigurationError, ModelRefusedError, SandboxUnavailableError
from codesteer.evals.engine.solver import is_incomplete
from codesteer.evals.methods.choices import chosen_mode
from codesteer.evals.methods.names import SCRIPTED_METHODS
from codesteer.evals.methods.registry import SCRIPTS, load_method
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.guides.decision import Mode
from codesteer.nodes.runtime import Resources
from codesteer.sandboxes.port import SandboxDescription

QUESTION = "How many? Give <<<number>>>."


async def run(name: str, model: ScriptedModel, sandbox: ScriptedSandbox, **context: Any) -> dict[str, Any]:
    method = load_method(name)
    graph = method.build(Resources(task_model=model, sandbox=sandbox)).compile()
    settings = Context(**{**context, **method.settings})
    state = read_state(await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, context=settings))
    assert not model.script, "the method did not ask all that was prepared"
    return state


async def test_question_asks_the_question_alone_and_runs_nothing() -> None:
    model = scripted(f"Maybe {code('print(1)')} so <<<7>>>")
    state = await run("question", model, ScriptedSandbox())
    assert texts(model.asked[0]) == [QUESTION]
    assert (state["answer"], state["outcome"], len(state["turns"])) == ("7", "returned", 1)


async def test_text_asks_for_words_and_runs_nothing() -> None:
    model = scripted(f"{code('print(1)')} <<<8>>>")
    state = await run("text", model, ScriptedSandbox())
    assert "without code" in texts(model.asked[0])[0]
    assert state["answer"] == "8"


async def test_code_runs_one_program() -> None:
    sandbox = ScriptedSandbox("<<<9>>>")
    model = scripted(f"I count.\n{code('print(9)')}")
    state = await run("code", model, sandbox)
    assert "sympy" in texts(model.asked[0])[0]
    assert (state["answer"], len(sandbox.programs)) == ("9", 1)
    assert state["messages"][-1].text == "<<<9>>>"


async def test_code_that_fails_has_no_answer() -> None:
    state = await run("code", scripted(code("boom")), ScriptedSandbox(crashed("NameError: boom")))
    assert (state["answer"], state["outcome"]) == ("", "returned")


async def test_the_summary_sees_both_attempts_and_decides() -> None:
    model = scripted(code("print(1)"), "I think <<<2>>>", "The program is right: <<<1>>>")
    state = await run("code_text_sum", model, ScriptedSandbox("<<<1>>>"))
    summary = texts(model.asked[2])
    assert len(summary) == 1
    assert "The program printed:\n<<<1>>>" in summary[0]
    assert "I think <<<2>>>" in summary[0]
    assert (state["answer"], len(state["turns"])) == ("1", 3)


@pytest.mark.parametrize(("reply", "mode"), [("TEXT", Mode.TEXT), ("code!", Mode.CODE), ("hm", Mode.CODE)])
def test_the_choice_is_read(reply: str, mode: Mode) -> None:
    assert chosen_mode(reply) is mode
    assert chosen_mode(f"<think>TEXT or CODE</think> {mode.value}") is mode


async def test_choice_answers_in_the_chosen_mode_only() -> None:
    model = scripted("CODE", code("print(3)"))
    state = await run("choice", model, ScriptedSandbox("<<<3>>>"))
    assert "write one complete Python program" in texts(model.asked[1])[-1]
    assert state["answer"] == "3"
    model = scripted("TEXT", "It is <<<4>>>")
    assert (await run("choice", model, ScriptedSandbox()))["answer"] == "4"


FIXED = {
    "question": (["<<<7>>>"], "7"),
    "text": (["<<<7>>>"], "7"),
    "code": ([code("print(1)")], "1"),
    "choice": (["TEXT", "It is <<<4>>>"], "4"),
    "code_text_sum": ([code("print(1)"), "I think <<<2>>>", "The program is right: <<<1>>>"], "1"),
}


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_methods_of_fixed_steps_take_them_all(name: str, limit: int) -> None:
    replies, answer = FIXED[name]
    state = await run(name, scripted(*replies), ScriptedSandbox("<<<1>>>"), max_turns=limit)
    assert (state["answer"], state["outcome"], len(state["turns"])) == (answer, "returned", len(replies))


async def test_a_choice_that_a_budget_ends_has_no_answer() -> None:
    state = await run("choice", scripted("TEXT"), ScriptedSandbox(), max_tokens=1)
    assert (state["answer"], state["outcome"]) == ("", "budget_spent")


@pytest.mark.parametrize("name", ["codeact", "autogen"])
async def test_rounds_continue_until_a_reply_without_a_program(name: str) -> None:
    model = scripted(code("boom"), code("print(5)"), "So it is <<<5>>>.")
    state = await run(name, model, ScriptedSandbox(crashed("NameError: boom"), "5"))
    system, question, *rest = model.asked[2]
    assert isinstance(system, SystemMessage)
    assert question.text == QUESTION
    assert "NameError: boom" in rest[1].text
    assert (state["answer"], state["outcome"], len(state["turns"])) == ("5", "returned", 3)


async def test_rounds_that_do_not_end_give_the_last_output() -> None:
    model = scripted(code("print(1)"), code("print(2)"))
    state = await run("codeact", model, ScriptedSandbox("1", "2"), max_turns=2)
    assert (state["answer"], len(state["turns"])) == ("2", 2)


async def test_a_budget_ends_every_method() -> None:
    model = scripted(code("print(1)"))
    state = await run("codeact", model, ScriptedSandbox("1"), max_tokens=1)
    assert (state["answer"], state["outcome"]) == ("1", "budget_spent")


async def test_an_ablation_omits_its_checker() -> None:
    model, sandbox = scripted(code("print(6)"), code("print(2 * 3)")), ScriptedSandbox("<<<6>>>", "<<<6>>>")
    state = await run("steer-no-checks:rules", model, sandbox)
    assert [(turn.code_report, turn.answer_report) for turn in state["turns"]] == [(None, None)] * 2
    assert (state["answer"], state["outcome"]) == ("6", "returned")


def test_every_script_is_listed_under_its_name() -> None:
    assert list(SCRIPTS) == list(SCRIPTED_METHODS)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("codeactt", "did you mean codeact?"), ("steer", "steer:rules"), ("plan:me", "choose one of question")],
)
def test_an_unknown_method_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match="no") as caught:
        load_method(name)
    assert hint in str(caught.value)


async def test_a_vote_gives_the_answer_that_most_programs_print() -> None:
    model = scripted(code("print(6)"), code("print(2 * 3)"), code("print(5)"))
    state = await run("vote:3", model, ScriptedSandbox("<<<5>>>", "<<<6>>>", "6.0"))
    assert (state["answer"], len(state["turns"])) == ("6", 3)
    assert [turn.code_report for turn in state["turns"]] == [None] * 3
    assert len({messages[-1].text for messages in model.asked}) == 1, "all get the prompt of `code`"
    alone = scripted(code("print(6)"))
    await run("code", alone, ScriptedSandbox("<<<6>>>"))
    assert texts(model.asked[0]) == texts(alone.asked[0])


class FourSlots(ScriptedModel):
    """Serves no more than four requests at a time, like the embedded model."""

    slots: int = 4


async def test_a_vote_wider_than_the_model_allows_takes_several_waves() -> None:
    model = FourSlots(script=[code("print(6)")] * 6)
    state = await run("vote:6", model, ScriptedSandbox(*["<<<6>>>"] * 6))
    assert [turn.candidate for turn in state["turns"]] == [0, 1, 2, 3, 0, 1]
    assert len({messages[-1].text for messages in model.asked}) == 1
    assert all(len(messages) == 1 for messages in model.asked), "no attempt sees another"


@pytest.mark.parametrize("name", ["vote:1", "vote:9", "vote:0"])
def test_a_vote_of_an_impossible_size_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="from 2 to 8"):
        load_method(name)


@pytest.mark.parametrize(("second", "lost"), [(code("print(6)"), False), (ModelRefusedError("no"), True)])
async def test_a_run_that_lost_a_candidate_is_recognised(second: Any, lost: bool) -> None:
    resources = Resources(
        task_model=scripted(code("print(6)"), second), sandbox=ScriptedSandbox("<<<6>>>", "<<<6>>>")
    )
    graph = load_method("steer:rules").build(resources).compile()
    question: Any = {"messages": [HumanMessage("Count the numbers: 3 + 3?")]}
    final = read_state(await graph.ainvoke(question, context=Context(check_answer=False, max_turns=2)))
    assert is_incomplete(final) is lost
    assert not is_incomplete({**final, "outcome": "budget_spent"})


class NoSandbox(ScriptedSandbox):
    """A sandbox that this machine does not have."""

    def describe(self) -> SandboxDescription:
        raise SandboxUnavailableError("no namespaces")


@pytest.mark.parametrize("name", ["question", "text"])
async def test_a_method_that_runs_no_program_needs_no_sandbox(name: str) -> None:
    assert (await run(name, scripted("It is <<<7>>>"), NoSandbox()))["answer"] == "7"
