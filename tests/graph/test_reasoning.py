"""Reasoning models: drafts are not run, not sent to other models, and not in the final message."""

from collections.abc import Callable

import pytest
from langchain_core.messages import AIMessage
from tests.graph.test_workflow import QUESTION, SUM, TEST, run
from tests.support.models import code, scripted, texts, truncated
from tests.support.sandboxes import ScriptedSandbox

from codesteer.guides.chat_model import ChatModelGuide

DRAFT = f'DRAFT <<<7>>> {{"action": "terminate"}}\n{code("print(7)")}\n'
DECISIONS = ['{"action": "text"}', '{"action": "code"}', '{"action": "return"}']
Thinks = Callable[[str], str | AIMessage]
FORMATS: dict[str, Thinks] = {
    "tags": lambda text: f"<think>\n{DRAFT}</think>\n{text}",
    "attributes": lambda text: f'\n<think signature="x" redacted="true">\n{DRAFT}\n</think>\n{text}',
    "an end alone": lambda text: f"{DRAFT}\n</think>\n\n{text}",
    "brackets": lambda text: f"[THINK]{DRAFT}[/THINK]{text}",
    "a block": lambda text: AIMessage(
        [{"type": "thinking", "thinking": DRAFT}, {"type": "text", "text": text}]
    ),
    "reasoning": lambda text: AIMessage(
        [{"type": "reasoning", "reasoning": DRAFT}, {"type": "text", "text": text}]
    ),
}


@pytest.mark.parametrize("reasoning_format", FORMATS)
async def test_drafts_in_reasoning_are_ignored(reasoning_format: str) -> None:
    thinks = FORMATS[reasoning_format]
    task = scripted(thinks("I add. <<<48>>>"), thinks(SUM))
    checker = scripted(thinks(TEST), thinks(TEST))
    guide_model = scripted(*map(thinks, DECISIONS))
    sandbox = ScriptedSandbox("REFUTED: sum\n", "<<<49>>>\n", "CONFIRMED\n")
    guide = ChatModelGuide(guide_model, "g")
    result = await run(task, sandbox, checker=checker, guide_object=guide)
    assert (result["answer"], result["outcome"]) == ("49", "returned")
    assert [turn.answer for turn in result["turns"]] == ["48", "49"]
    assert not any("print(7)" in program for program in sandbox.programs)
    shown = [text for model in (task, guide_model, checker) for asked in model.asked for text in texts(asked)]
    assert not any("DRAFT" in text for text in [*shown, *(turn.reply for turn in result["turns"])])


@pytest.mark.parametrize("reasoning_format", FORMATS)
async def test_the_final_message_contains_no_reasoning(reasoning_format: str) -> None:
    task = scripted(FORMATS[reasoning_format]("The capital is Paris."))
    result = await run(task, ScriptedSandbox(), "What is the capital of France?", check_answer=False)
    assert result["answer"] == result["messages"][-1].text.strip() == "The capital is Paris."


async def test_a_reply_truncated_in_its_reasoning_has_no_answer() -> None:
    endless = truncated(f"<think>{DRAFT}")
    task = scripted(endless, endless, endless, endless)
    result = await run(task, ScriptedSandbox(), QUESTION, max_turns=1)
    assert result["answer"] == ""
    assert result["turns"][0].program is None
