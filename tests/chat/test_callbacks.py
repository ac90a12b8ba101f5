"""Callbacks see the models inside ``ChatCodeSteer`` as children of its own run, however it is called."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler, UsageMetadataCallbackHandler
from langchain_core.messages import AIMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.utils.uuid import uuid7
from langgraph.graph import START, MessagesState, StateGraph
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import ChatCodeSteer

QUESTION = "What is the sum of the numbers below 10?"
NAMES = ["inner", "codesteer:ScriptedModel"]
Call = Callable[[ChatCodeSteer, Any], Awaitable[Any]]


def line(text: str) -> AIMessage:
    return AIMessage(
        text,
        usage_metadata={"input_tokens": 7, "output_tokens": 3, "total_tokens": 10},
        response_metadata={"model_name": "inner", "finish_reason": "stop"},
    )


def chat(**settings: Any) -> ChatCodeSteer:
    lines = [line(code("print(sum(range(10)))")), line(check("int(answer) == sum(range(10))"))]
    return ChatCodeSteer(
        task_model=scripted(*lines), sandbox=ScriptedSandbox("45", "CONFIRMED"), candidates=1, **settings
    )


class Runs(BaseCallbackHandler):
    """Records the parent, tags and metadata of each run."""

    def __init__(self) -> None:
        self.parents: dict[UUID, UUID | None] = {}
        self.models: list[UUID] = []
        self.tags: dict[UUID, list[str]] = {}
        self.metadata: dict[UUID, dict[str, Any]] = {}

    def on_chat_model_start(  # type: ignore[override]
        self, *_: Any, run_id: UUID, parent_run_id: UUID | None, tags: Any, metadata: Any, **__: Any
    ) -> None:
        self.parents[run_id] = parent_run_id
        self.tags[run_id], self.metadata[run_id] = tags, metadata
        self.models.append(run_id)

    def on_chain_start(  # type: ignore[override]
        self, *_: Any, run_id: UUID, parent_run_id: UUID | None, **__: Any
    ) -> None:
        self.parents[run_id] = parent_run_id

    def is_inside(self, run: UUID | None, outer: UUID) -> bool:
        return run is not None and (run == outer or self.is_inside(self.parents[run], outer))


async def streamed(model: Any, config: Any) -> None:
    async for _ in model.astream(QUESTION, config):
        pass


async def invoked_in_a_thread(model: Any, config: Any) -> None:
    await asyncio.to_thread(model.invoke, QUESTION, config)


async def streamed_in_a_thread(model: Any, config: Any) -> None:
    await asyncio.to_thread(lambda: list(model.stream(QUESTION, config)))


async def in_a_chain(model: Any, config: Any) -> None:
    async for _ in (ChatPromptTemplate([("user", "{question}")]) | model).astream(
        {"question": QUESTION}, config
    ):
        pass


def in_a_graph(*modes: Any) -> Call:
    async def call(model: Any, config: Any) -> None:
        async def node(state: MessagesState) -> Any:
            return {"messages": [await model.ainvoke(state["messages"])]}

        outer = StateGraph(MessagesState).add_node(node).add_edge(START, "node").compile()
        question: Any = {"messages": [("user", QUESTION)]}
        async for _ in outer.astream(question, config, stream_mode=list(modes)):
            pass

    return call


CALLS: list[Call] = [
    lambda model, config: model.ainvoke(QUESTION, config),
    lambda model, config: model.abatch([QUESTION], config),
    lambda model, config: model.bind(max_turns=3).ainvoke(QUESTION, config),
    invoked_in_a_thread,
    streamed,
    streamed_in_a_thread,
    in_a_chain,
    in_a_graph("values"),
    in_a_graph("messages"),
    in_a_graph("messages", "updates"),
]
SETTINGS: list[dict[str, Any]] = [
    {},
    {"streaming": True},
    {"disable_streaming": True},
    {"output_version": "v1"},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("call", CALLS)
async def test_the_models_inside_run_as_its_children(call: Call, settings: dict[str, Any]) -> None:
    runs, usage = Runs(), UsageMetadataCallbackHandler()
    config = {"callbacks": [runs, usage], "tags": ["mine"], "metadata": {"user": "alice"}}
    await call(chat(**settings), config)
    outer, *inner = runs.models
    assert len(inner) == 2
    assert all(runs.is_inside(run, outer) for run in inner)
    assert all("mine" in runs.tags[run] and runs.metadata[run]["user"] == "alice" for run in runs.models)
    assert {name: spent["total_tokens"] for name, spent in usage.usage_metadata.items()} == dict.fromkeys(
        NAMES, 20
    )


@pytest.mark.parametrize("call", [CALLS[0], streamed, streamed_in_a_thread])
async def test_a_run_has_the_id_that_the_caller_chose(call: Call) -> None:
    runs, chosen = Runs(), uuid7()
    await call(chat(), {"callbacks": [runs], "run_id": chosen})
    assert runs.models[0] == chosen
    assert runs.is_inside(runs.models[1], chosen)


async def test_streams_side_by_side_keep_their_children() -> None:
    model, runs = chat(), [Runs(), Runs()]
    others = model.model_copy(update={"task_model": chat().task_model, "sandbox": chat().sandbox})
    await asyncio.gather(
        *(streamed(one, {"callbacks": [seen]}) for one, seen in zip((model, others), runs, strict=True))
    )
    for seen in runs:
        outer, *inner = seen.models
        assert [seen.is_inside(run, outer) for run in inner] == [True, True]


@pytest.mark.parametrize("call", [CALLS[0], streamed])
async def test_callbacks_of_the_model_itself_see_its_own_run_alone(call: Call) -> None:
    runs = Runs()
    await call(chat(callbacks=[runs]), {})
    assert len(runs.models) == 1


async def test_a_call_without_callbacks_leaves_the_model_as_it_was() -> None:
    model, runs = chat(), Runs()
    await streamed(model, {"callbacks": [runs]})
    model = model.model_copy(update={"task_model": chat().task_model, "sandbox": chat().sandbox})
    await streamed(model, None)
    assert len(runs.models) == 3, "one run with its two children"


async def test_an_event_stream_shows_the_steps_and_the_answer_but_no_model_inside() -> None:
    events = [event async for event in chat().astream_events(QUESTION)]
    assert {event["name"] for event in events} == {"ChatCodeSteer"}
    pieces = [event["data"]["chunk"] for event in events if event["event"] == "on_chat_model_stream"]
    assert "".join(piece.text for piece in pieces) == "45"
    assert "turn 1: code" in "".join(piece.additional_kwargs.get("reasoning_content", "") for piece in pieces)
