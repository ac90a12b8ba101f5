"""Very long texts are truncated in the state, in prompts and in messages."""

import json
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox, crashed

from codesteer.graph.context import Context
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.nodes.truncation import MAX_ANSWER_LENGTH, MAX_REPLY_LENGTH

MEGABYTE = "7" * 1_000_000
QUESTION = "Calculate the product of the numbers 6 and 7."
SOLVE, TEST = code("print(6 * 7)"), check("int(answer) == 6 * 7", "x")


class WordyGuide:
    """Writes a megabyte with every decision."""

    name = "wordy"

    async def decide(self, guide_input: GuideInput) -> Decision:
        action = Action.RETURN if guide_input.attempts else Action.CODE
        return Decision(action=action, mode=Mode.CODE, guidance=MEGABYTE, reason=MEGABYTE, guide=self.name)


async def run(task: Any, sandbox: Any, guide: Any = None, **settings: Any) -> dict[str, Any]:
    graph = create_codesteer(task_model=task, sandbox=sandbox, guide=guide).compile()
    return dict(await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, context=Context(**settings)))


def size(result: dict[str, Any]) -> int:
    return len(json.dumps(result, default=str))


@pytest.mark.parametrize(
    "output",
    [MEGABYTE, f"<<<{MEGABYTE}>>>", f"first\n{MEGABYTE}", f"{MEGABYTE}\n" * 3, "\n".join("7" * 1000)],
)
async def test_the_answer_from_a_long_output_is_truncated(output: str) -> None:
    task = scripted(SOLVE, TEST)
    result = await run(task, ScriptedSandbox(output, "CONFIRMED"), max_turns=1)
    assert len(result["answer"]) < MAX_ANSWER_LENGTH + 100
    assert sum(len(message.text) for message in task.asked[1]) < 10_000, (
        "the checker's prompt is truncated as well"
    )
    assert size(result) < 150_000


@pytest.mark.parametrize(
    "reply", [MEGABYTE, f"<<<{MEGABYTE}>>>", f"```python\n{MEGABYTE}", "word " * 200_000]
)
async def test_the_message_from_a_long_reply_is_truncated(reply: str) -> None:
    result = await run(scripted(reply), ScriptedSandbox(), max_turns=1, check_answer=False)
    assert len(result["messages"][-1].text) < MAX_REPLY_LENGTH + 100
    assert size(result) < 4 * MAX_REPLY_LENGTH


async def test_long_errors_and_reasons_are_truncated() -> None:
    sandbox = ScriptedSandbox(crashed(f"ValueError: {MEGABYTE}"), "42", f"REFUTED: {MEGABYTE}")
    result = await run(scripted(SOLVE, SOLVE, TEST), sandbox, max_turns=2)
    assert size(result) < 100_000


async def test_long_guidance_is_truncated() -> None:
    task = scripted(SOLVE)
    result = await run(task, ScriptedSandbox("42"), WordyGuide(), check_answer=False)
    assert size(result) < 50_000
    assert len(task.asked[0][-1].text) < 10_000
