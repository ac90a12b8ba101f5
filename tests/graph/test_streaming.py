"""``stream_mode="messages"`` streams the task model's tokens only, not the guide's or the checker's."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from tests.support.models import check, code
from tests.support.sandboxes import ScriptedSandbox

from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput

INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}
PROGRAM = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 7")


def streaming(*replies: str) -> GenericFakeChatModel:
    """A model whose replies stream word by word."""
    return GenericFakeChatModel(messages=iter([AIMessage(reply) for reply in replies]))


class OwnGuide:
    """A user's guide that asks a model in its own way."""

    name = "own"

    def __init__(self) -> None:
        self.inner = ChatModelGuide(streaming('{"action": "code"}', '{"action": "return"}'), "inner")

    async def decide(self, guide_input: GuideInput) -> Decision:
        return await self.inner.decide(guide_input)


def graph(guide: Any) -> CompiledGraph:
    builder = create_codesteer(
        task_model=streaming(PROGRAM),
        guide=guide,
        checker_model=streaming(TEST),
        sandbox=ScriptedSandbox("42", "CONFIRMED"),
    )
    return builder.compile()


def shown(parts: Sequence[Any]) -> tuple[str, list[str]]:
    """Return the streamed tokens as one text, and the whole messages."""
    messages = [message for message, _ in parts]
    tokens = [message.text for message in messages if isinstance(message, AIMessageChunk)]
    whole = [message.text for message in messages if not isinstance(message, AIMessageChunk)]
    assert len(tokens) > 1, "the reply was streamed"
    return "".join(tokens), whole


GUIDES = [
    lambda: None,
    lambda: streaming('{"action": "code"}', '{"action": "return"}'),
    OwnGuide,
]


@pytest.mark.parametrize("guide", GUIDES)
async def test_only_the_task_models_tokens_are_streamed(guide: Any) -> None:
    stream = graph(guide()).astream(INPUT, context=Context(candidates=1), stream_mode="messages")
    assert shown([part async for part in stream]) == (PROGRAM, ["42"])


def test_the_synchronous_stream_shows_the_same_tokens() -> None:
    stream = graph(OwnGuide()).stream(INPUT, context=Context(candidates=1), stream_mode="messages")
    assert shown(list(stream)) == (PROGRAM, ["42"])


async def test_all_candidates_of_a_wave_are_streamed() -> None:
    builder = create_codesteer(task_model=streaming(PROGRAM, PROGRAM), sandbox=ScriptedSandbox("42", "42"))
    stream = builder.compile().astream(INPUT, stream_mode="messages")
    parts: list[Any] = [part async for part in stream]
    ids = {message.id for message, _ in parts if isinstance(message, AIMessageChunk)}
    assert len(ids) == 2


@pytest.mark.parametrize("subgraphs", [False, True])
async def test_updates_are_plain_json_but_for_messages(subgraphs: bool) -> None:
    chunks = [
        part["data"]
        async for part in graph(None).astream(
            INPUT, context=Context(candidates=1), stream_mode="updates", subgraphs=subgraphs, version="v2"
        )
    ]
    for node, update in [pair for chunk in chunks for pair in chunk.items()]:
        plain = {name: value for name, value in (update or {}).items() if name != "messages"}
        assert json.loads(json.dumps(plain)) == plain, node
