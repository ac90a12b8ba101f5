"""The conversation on the trace page is the one that the task model was sent."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.cli.prompts_sent import prompts_sent

WRONG, RIGHT = code("print(41)"), code("print(6 * 7)")
CHECK = check("int(answer) == 6 * 7", "product")
QUESTION = HumanMessage("Calculate the product of the numbers 6 and 7.")
CONVERSATION: list[Any] = [HumanMessage("Hello"), AIMessage("Good day"), QUESTION]


@pytest.mark.parametrize(
    ("settings", "script", "outputs"),
    [
        ({"candidates": 1}, (WRONG, CHECK, RIGHT, CHECK), ("41", "REFUTED: no", "42", "CONFIRMED")),
        ({"candidates": 2, "check_answer": False}, (WRONG, RIGHT, RIGHT, WRONG), ("41", "42", "42", "43")),
        ({"candidates": 1, "check_answer": False, "code_prompt": "Only code!"}, (RIGHT, RIGHT), ("42", "42")),
    ],
)
async def test_rebuilt_prompts_are_the_ones_that_were_sent(
    settings: dict[str, Any], script: tuple[str, ...], outputs: tuple[str, ...]
) -> None:
    model, sandbox = scripted(*script), ScriptedSandbox(*outputs)
    context = Context(**settings)
    graph = create_codesteer(task_model=model, sandbox=sandbox).compile()
    values = await graph.ainvoke({"messages": CONVERSATION}, context=context)
    rebuilt = prompts_sent(values, context, sandbox.describe().packages)
    sent = [[message.text for message in asked] for asked in model.asked]
    sent = [texts for texts in sent if "def is_correct" not in texts[-1]]
    assert [[message.text for message in prompt] for prompt in rebuilt] == sent
    assert [message.role for message in rebuilt[0]] == ["user", "assistant", "user"]
