"""``ChatCodeSteer``: replies, streams, settings, errors, and its behaviour among other runnables."""

import asyncio
import gc
import os
import signal
from typing import Any

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from pydantic import ValidationError
from tests.support.endpoint import serve
from tests.support.models import RecordingModel, ScriptedModel, check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer import (
    ChatCodeSteer,
    CodeSteerError,
    ConfigurationError,
    Context,
    ModelUnavailableError,
    UnsupportedError,
)
from codesteer.chat.chunks import truncate_at_stop
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.guides.rules import RulesGuide

QUESTION = "What is the sum of the numbers 12, 30 and 7? Return it as <<<number>>>."
SUM = code("result = 12 + 30 + 7\nprint('<<<' + str(result) + '>>>')")
TEST = check("int(answer) == sum([12, 30, 7])", "sum")
OUTPUTS = ("<<<49>>>\n", "CONFIRMED\n")


def chat(*script: Any, outputs: tuple[Any, ...] = OUTPUTS, **settings: Any) -> ChatCodeSteer:
    return ChatCodeSteer(
        task_model=scripted(*(script or (SUM, TEST))),
        sandbox=ScriptedSandbox(*outputs),
        **{"candidates": 1} | settings,
    )


def asked(model: ChatCodeSteer) -> list[Any]:
    assert isinstance(model.task_model, ScriptedModel)
    return model.task_model.asked


async def test_a_reply_has_outcome_turns_and_usage() -> None:
    reply = await chat().ainvoke(QUESTION)
    assert reply.text == "<<<49>>>"
    assert reply.response_metadata["outcome"] == "returned"
    assert reply.response_metadata["turns"] == 1
    words = len(SUM.split()) + len(TEST.split())
    assert reply.usage_metadata == {"input_tokens": 20, "output_tokens": words, "total_tokens": 20 + words}


def test_synchronous_and_asynchronous_calls_give_the_same_reply() -> None:
    reply = chat().invoke(QUESTION)
    assert (reply.text, reply.response_metadata["turns"]) == ("<<<49>>>", 1)
    assert [block["type"] for block in reply.content_blocks] == ["reasoning", "text"]


STEPS = [
    "turn 1: code (the question shows signs of computation)\n",
    "turn 1: the program ended with status ok after 0.0 s\n",
    "turn 1: answer confirmed\n",
    "turn 2: return (the answer passed its check)\n",
]


def check_stream(chunks: list[AIMessageChunk]) -> None:
    *steps, last = chunks
    decided, *others = STEPS
    reasoning = [step.additional_kwargs["reasoning_content"] for step in steps]
    assert reasoning == [decided, SUM, f"\n{others[0]}", *others[1:]]
    assert all(step.text == "" for step in steps)
    assert (last.text, last.chunk_position) == ("<<<49>>>", "last")


async def test_steps_stream_as_reasoning_and_the_answer_as_text() -> None:
    check_stream([chunk async for chunk in chat().astream(QUESTION)])


def test_the_synchronous_stream_is_the_same() -> None:
    check_stream(list(chat().stream(QUESTION)))


async def test_a_reply_without_a_stream_has_the_steps_alone() -> None:
    reply = await chat().ainvoke(QUESTION)
    assert reply.additional_kwargs["reasoning_content"] == "".join(STEPS)


@pytest.mark.enable_socket
async def test_tokens_of_the_first_candidate_stream_while_they_are_written() -> None:
    with serve(SUM) as endpoint:
        model = ChatCodeSteer(task_model=f"{endpoint.url}#m", check_answer=False, candidates=2)
        chunks = [chunk async for chunk in model.astream(QUESTION)]
    pieces = [chunk.additional_kwargs.get("reasoning_content", "") for chunk in chunks]
    assert "".join(pieces).count("result = 12 + 30 + 7") == 1
    assert len(pieces) > len(SUM.split(" ")), "word by word"
    assert chunks[-1].text == "<<<49>>>"


async def test_a_batch_keeps_its_order() -> None:
    model = chat("It is Paris. <<<Paris>>>", "It is Rome. <<<Rome>>>", outputs=(), check_answer=False)
    questions: list[Any] = ["Name the capital of France.", "Name the capital of Italy."]
    replies = await model.abatch(questions, {"max_concurrency": 1})
    assert [reply.text for reply in replies] == ["It is Paris. <<<Paris>>>", "It is Rome. <<<Rome>>>"]


async def test_the_conversation_before_the_question_reaches_the_task_model() -> None:
    model = chat()
    before = [SystemMessage("Be exact."), HumanMessage("Hello"), AIMessage("Good day")]
    await model.ainvoke([*before, HumanMessage(QUESTION)])
    assert texts(asked(model)[0])[:3] == ["Be exact.", "Hello", "Good day"]


async def test_an_image_in_the_question_is_rejected() -> None:
    image = {"type": "image", "url": "https://example.org/x.png"}
    with pytest.raises(ConfigurationError, match="contains image; only text and files"):
        await chat().ainvoke([HumanMessage([{"type": "text", "text": QUESTION}, image])])


async def test_a_guide_may_be_a_model() -> None:
    guide = scripted('{"action": "code", "guidance": "Add them up."}', '{"action": "return"}')
    model = chat(guide=guide)
    reply = await model.ainvoke(QUESTION)
    assert "Add them up." in texts(asked(model)[0])[-1]
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["input_tokens"] == 40, "the guide's tokens count"


async def test_settings_may_change_with_a_call() -> None:
    model = chat(SUM, TEST, SUM, TEST, outputs=("<<<1>>>", "REFUTED: sum", "<<<2>>>", "REFUTED: sum"))
    reply = await model.ainvoke(QUESTION, max_turns=2)
    assert (reply.response_metadata["outcome"], reply.response_metadata["turns"]) == ("turn_limit", 2)
    other = scripted("<<<50>>>")
    assert (await model.ainvoke("Say 50.", task_model=other, check_answer=False)).text == "<<<50>>>"


@pytest.mark.parametrize(
    ("text", "stop", "truncated"),
    [("a b c", [], "a b c"), ("a b c", ["c", "b"], "a "), ("a b c", ["x"], "a b c"), ("a", [""], "a")],
)
def test_a_text_ends_before_the_first_stop_sequence(text: str, stop: list[str], truncated: str) -> None:
    assert truncate_at_stop(text, stop) == truncated


async def test_stop_sequences_apply_to_the_answer_only() -> None:
    assert (await chat(stop=["9>"]).ainvoke(QUESTION)).text == "<<<4"
    assert (await chat().ainvoke(QUESTION, stop=["4"])).text == "<<<"


@pytest.mark.parametrize("ask", [lambda m: m.bind_tools([]), lambda m: m.with_structured_output({})])
def test_unsupported_features_are_rejected(ask: Any) -> None:
    with pytest.raises(UnsupportedError, match="ChatCodeSteer") as refusal:
        ask(ChatCodeSteer())
    assert isinstance(refusal.value, NotImplementedError)


async def test_manually_bound_tools_are_rejected() -> None:
    with pytest.raises(UnsupportedError, match="does not support tools"):
        await chat().bind(tools=[{"type": "function"}]).ainvoke(QUESTION)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0}, "temperature: a setting of the models inside"),
        ({"max_turns": 99}, "max_turns"),
        ({"max_turn": 3}, "max_turn"),
        ({"review": ("code",)}, "cannot wait for a person"),
        ({"guide": 17}, "guide: pass an object with decide, not int"),
        ({"sandbox": object()}, "sandbox: pass an object with run and describe, not object"),
        ({"context": 5}, "context: pass a Context or a mapping with its fields, not int"),
        ({"context": None}, "context: pass a Context or a mapping with its fields, not NoneType"),
        ({"context": "abc"}, "context: pass a Context or a mapping with its fields, not str"),
        ({"context": [("max_turns", 1)]}, "context: pass a Context or a mapping with its fields, not list"),
        ({"context": {"max_turn": 1}}, "max_turn: "),
        ({"context": {1: 2}}, "1: "),
    ],
)
def test_invalid_settings_are_rejected_at_construction(settings: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ChatCodeSteer(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_turns": 99}, "max_turns: "),
        ({"max_turn": 3}, "max_turn: "),
        ({"review": ["code"]}, "review: "),
        ({"context": Context(max_turns=3)}, "context: pass it to the constructor"),
        ({"context": {}}, "context: pass it to the constructor"),
        ({"store": None}, "store: pass it to the constructor"),
    ],
)
async def test_invalid_settings_are_rejected_at_a_call(settings: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await chat().ainvoke(QUESTION, **settings)


async def test_an_unavailable_model_is_an_error() -> None:
    with pytest.raises(ModelUnavailableError, match="down"):
        await chat(ModelUnavailableError("down"), outputs=()).ainvoke(QUESTION)


async def test_a_run_that_fails_without_an_answer_is_an_error() -> None:
    silent = chat(code("x = 1"), ModelUnavailableError("gone"), outputs=("",))
    with pytest.raises(CodeSteerError, match="before there was an answer: task model: gone"):
        await silent.ainvoke(QUESTION)


async def test_a_cache_distinguishes_settings() -> None:
    cache, inside = InMemoryCache(), scripted(SUM, TEST, SUM, TEST)
    outputs = ScriptedSandbox(*OUTPUTS, *OUTPUTS)
    for turns in (3, 3, 4):
        model = ChatCodeSteer(task_model=inside, sandbox=outputs, cache=cache, candidates=1, max_turns=turns)
        assert (await model.ainvoke([HumanMessage(QUESTION, id="1")])).text == "<<<49>>>"
    assert len(inside.asked) == 4


class OuterContext(Context):
    """The context of an outer graph."""

    tenant: str = "nobody"


async def test_a_context_may_have_fields_of_its_own() -> None:
    model = chat(SUM, context=OuterContext(check_answer=False, max_turns=1))
    assert (await model.ainvoke(QUESTION)).response_metadata["outcome"] == "turn_limit"


class Endless(RecordingModel):
    """Interrupts its process, as Ctrl-C does, and would then wait for ever."""

    cancelled: bool = False

    async def _agenerate(self, *_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            self.cancelled = True
            raise


@pytest.mark.parametrize("method", ["invoke", "stream"])
def test_an_interrupt_cancels_the_model_of_a_synchronous_call(method: str) -> None:
    inside = Endless()
    model = ChatCodeSteer(task_model=inside, sandbox=ScriptedSandbox(), candidates=1)
    with pytest.raises(KeyboardInterrupt):
        list(getattr(model, method)(QUESTION))
    assert inside.cancelled


class Counting(RulesGuide):
    """Counts its decisions."""

    def __init__(self) -> None:
        self.decisions = 0

    async def decide(self, guide_input: GuideInput) -> Decision:
        self.decisions += 1
        return await super().decide(guide_input)


async def test_a_cache_never_answers_for_another_object() -> None:
    cache, inside = InMemoryCache(), scripted(*[SUM, TEST] * 20)
    for _ in range(
        20
    ):  # each guide is gone before the next one is made, and may have had its place in memory
        guide = Counting()
        model = ChatCodeSteer(
            task_model=inside, sandbox=ScriptedSandbox(*OUTPUTS), guide=guide, cache=cache, candidates=1
        )
        await model.ainvoke([HumanMessage(QUESTION, id="1")])
        assert guide.decisions
        await model.ainvoke([HumanMessage(QUESTION, id="1")])  # the same objects again: from the cache
        del guide, model
        gc.collect()


async def test_in_a_node_of_another_graph_it_stays_detached() -> None:
    model = chat(SUM, TEST, SUM, TEST, outputs=OUTPUTS * 2)
    replies: list[AIMessage] = []

    async def twice(state: MessagesState) -> MessagesState:
        replies.extend([await model.ainvoke(state["messages"]) for _ in range(2)])
        return {"messages": [replies[-1]]}

    saver = InMemorySaver()
    outer = StateGraph(MessagesState).add_node(twice).add_edge(START, "twice").compile(checkpointer=saver)
    config: Any = {"configurable": {"thread_id": "1"}}
    streamed = outer.astream(
        {"messages": [HumanMessage(QUESTION)]}, config, stream_mode=["messages", "custom"]
    )
    parts: list[Any] = [part async for part in streamed]
    assert [reply.text for reply in replies] == ["<<<49>>>"] * 2
    seen = {message.text for mode, (message, _) in parts if mode == "messages"}
    assert seen == {"", "<<<49>>>"}, "neither programs nor checks are streamed as messages"
    namespaces = {found.config["configurable"]["checkpoint_ns"] for found in saver.list(None)}
    assert namespaces == {""}
