"""Whatever ends a chat model's run: its own answer is the reply, and anything else is an error that says why."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.types import interrupt
from tests.support.models import RecordingModel, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import ChatCodeSteer, CodeSteerError, ConfigurationError, create_codesteer_tool
from codesteer.chat.chunks import ChunkConverter
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.guides.rules import RulesGuide
from codesteer.sandboxes.execution import ExecutionResult, Limits

QUESTION = "What is the sum of the numbers below 10?"
PROGRAM = code("print(sum(range(10)))")
ASKED = HumanMessage(QUESTION, id="q")
EARLIER = AIMessage("44", id="q-answer")
OTHER_NODES = AIMessage("43", id="q-answer-solve")
REMARK = AIMessage("The reviewer says: 44 is wrong")


def settings(**changes: Any) -> dict[str, Any]:
    usual = {"task_model": scripted(PROGRAM), "sandbox": ScriptedSandbox("45")}
    return usual | {"check_answer": False, "candidates": 1, "max_turns": 1} | changes


class CallTool(AIMessage):
    """Calls the tool whose result follows."""

    def __init__(self) -> None:
        super().__init__("", tool_calls=[{"name": "prices", "args": {}, "id": "c"}])


@pytest.mark.parametrize(
    "after",
    [
        [],
        [EARLIER],
        [REMARK],
        [EARLIER, REMARK],
        [REMARK, EARLIER],
        [EARLIER, CallTool(), ToolMessage("17", tool_call_id="c")],
        [EARLIER, REMARK, REMARK],
        [EARLIER, OTHER_NODES],
        [OTHER_NODES],
        [OTHER_NODES, EARLIER, OTHER_NODES.model_copy(update={"id": "q-answer-review"}), REMARK],
    ],
)
def test_the_reply_is_the_answer_whatever_stands_after_the_question(after: list[BaseMessage]) -> None:
    reply = ChatCodeSteer(**settings()).invoke([ASKED, *after])
    assert (reply.text, reply.response_metadata["outcome"]) == ("45", "turn_limit")
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["total_tokens"] == 10 + len(PROGRAM.split())


class AskingSandbox(ScriptedSandbox):
    """Asks a person before it runs a program."""

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        interrupt("may it run?")
        return await super().run(program, limits)


class AskingGuide(RulesGuide):
    """Asks a person before it decides."""

    async def decide(self, guide_input: GuideInput) -> Decision:
        interrupt({"may": "it decide?"})
        return await super().decide(guide_input)


class AskingModel(RecordingModel):
    """Asks a person instead of replying."""

    def next_reply(self, messages: list[BaseMessage]) -> str:
        return str(interrupt("what to reply?"))


ASKING = pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"sandbox": AskingSandbox("45")}, "may it run"),
        ({"guide": AskingGuide()}, "it decide"),
        ({"task_model": AskingModel()}, "what to reply"),
    ],
)


@ASKING
@pytest.mark.parametrize("method", ["invoke", "stream"])
def test_an_object_that_asks_a_person_is_refused(changes: Any, asked: str, method: str) -> None:
    model = ChatCodeSteer(**settings(**changes))
    with pytest.raises(ConfigurationError, match=rf"{asked}.*cannot wait for a person"):
        list(getattr(model, method)(QUESTION))


@ASKING
async def test_a_tool_refuses_it_as_well(changes: Any, asked: str) -> None:
    tool = create_codesteer_tool(**settings(**changes))
    with pytest.raises(ConfigurationError, match=rf"{asked}.*cannot wait for a person"):
        await tool.ainvoke({"question": QUESTION})


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, "disk full"),
        ({"messages": [ASKED], "outcome": None}, "disk full"),
        ({"messages": [ASKED, EARLIER], "outcome": None, "answer": "44"}, "disk full"),
        ({"messages": [ASKED, REMARK], "outcome": "returned", "answer": "44"}, "disk full"),
    ],
)
def test_a_run_without_an_outcome_or_an_answer_is_an_error(state: Any, reason: str) -> None:
    converter = ChunkConverter("codesteer:m")
    list(converter.convert({"type": "custom", "data": {"event": "failed", "error": reason}}))
    list(converter.convert({"type": "values", "data": state, "interrupts": ()}))
    with pytest.raises(CodeSteerError, match=f"without an answer: {reason}"):
        converter.final_chunk()
