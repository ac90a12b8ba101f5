"""The answer that the guide accepts is the one that the run returns; what unfinished programs print supports none."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox, printed

from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus


async def run(question: str, replies: list[Any], outputs: list[Any], **settings: Any) -> Any:
    results = [printed(output) if isinstance(output, str) else output for output in outputs]
    graph = create_codesteer(task_model=scripted(*replies), sandbox=ScriptedSandbox(*results)).compile()
    context = Context(guide="rules", check_answer=False, **settings)
    return read_state(await graph.ainvoke({"messages": [HumanMessage(question)]}, context=context))


def program(expression: str) -> Any:
    return code(f"print({expression})")


def ended(status: ExecutionStatus, stdout: str) -> ExecutionResult:
    return ExecutionResult(status=status, stdout=stdout, stderr="EOFError", exit_code=1)


async def test_the_value_of_the_questions_expression_is_returned_whatever_came_before() -> None:
    replies = [program("12*34+1"), program("12*34"), program("12*34")]
    state = await run("What is 12 * 34?", replies, ["409\n", "408\n", "408\n"], candidates=1)
    assert (state["answer"], state["outcome"]) == ("408", "returned")


async def test_agreement_of_a_program_and_words_overrules_a_guess_at_the_form() -> None:
    question = "Is there a path of at most 3 numbers from 1 to 9? Give the numbers of the path."
    replies = [program("f('Yes')"), "<<<1, 5, 9>>>", program("[1, 5, 9][:3]"), program("[1, 5, 9][:3]")]
    state = await run(question, replies, ["Yes\n", "[1, 5, 9]\n", "[1, 5, 9]\n"])
    assert state["outcome"] == "returned"
    assert state["answer"] in ("[1, 5, 9]", "1, 5, 9")


async def test_agreement_on_what_does_not_fit_returns_no_third_answer() -> None:
    question = "Find the number of paths, count all moves. Answer as <<<5>>>."
    replies = [program("f(7)"), *(program(f"{name}()") for name in "ghijklmn")]
    outputs = ["<<<7>>>\n", *["<<<no solution>>>\n"] * 8]
    state = await run(question, replies, outputs, max_turns=3)
    assert state["outcome"] == "turn_limit"
    assert state["answer"] == "7"


@pytest.mark.parametrize(
    "status",
    [
        ExecutionStatus.ERROR,
        ExecutionStatus.TIMEOUT,
        ExecutionStatus.MEMORY,
        ExecutionStatus.OUTPUT_LIMIT,
    ],
)
@pytest.mark.parametrize("output", ["Enter n: ", "best so far: 12\n", "<<<12>>>\n"])
async def test_unfinished_programs_agree_on_nothing(status: ExecutionStatus, output: str) -> None:
    replies = [program(f"f({number})") for number in range(6)]
    outputs = [ended(status, output)] * 2 + ["135\n"] * 4
    state = await run("How many primes lie between 1000 and 2000?", replies, outputs)
    assert (state["answer"], state["outcome"]) == ("135", "returned")


async def test_an_answer_marked_before_the_program_failed_is_better_than_none() -> None:
    replies = [program("f(1)"), program("f(2)")]
    outputs = [ended(ExecutionStatus.ERROR, "<<<12>>>\n"), ended(ExecutionStatus.ERROR, "Enter n: ")]
    state = await run("How many primes lie between 1000 and 2000?", replies, outputs, max_turns=2)
    assert (state["answer"], state["outcome"]) == ("12", "turn_limit")
