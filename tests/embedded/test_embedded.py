"""The capabilities with the real embedded model; needs its file and some minutes (see .ci/run)."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from codesteer.errors import ModelFileError
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.graph.workflow import compile_graph
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.guides.decision import Action
from codesteer.guides.port import GuideInput
from codesteer.models.completion import ask
from codesteer.models.resolve import resolve_model
from codesteer.models.server import serve_local
from codesteer.models.store import ModelStore
from codesteer.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.timeout(900)]
PRODUCT = "What is 5343235 * 143433327? Return the answer with the format <<<number>>>."


@pytest.fixture(scope="module", autouse=True)
def model_file() -> None:
    try:
        ModelStore(Settings.from_environment().model_dir).require()
    except ModelFileError as error:
        pytest.fail(f"run 'codesteer models pull' first: {error}")


async def test_the_model_answers_and_its_prompt_cache_hits() -> None:
    model = resolve_model("local")
    first = await ask(model, [HumanMessage(PRODUCT)])
    again = await ask(model, [HumanMessage(PRODUCT)])
    assert first.text
    assert again.usage.cached_tokens > again.usage.input_tokens / 2


def test_one_server_serves_the_process() -> None:
    path = ModelStore(Settings.from_environment().model_dir).require()
    assert serve_local(path) is serve_local(path)


async def test_steering_by_rules_solves_what_the_model_cannot_in_its_head() -> None:
    in_the_head = await ask(resolve_model("local"), [HumanMessage(PRODUCT)])
    assert "766397972992845" not in in_the_head.text
    question: Any = {"messages": [HumanMessage(PRODUCT)]}
    result = read_state(await compile_graph().ainvoke(question, context=Context()))
    assert result["answer"] == "766397972992845"
    assert result["turns"][0].execution.status == "ok"
    assert result["usage"]["task"].output_tokens > 0


async def test_the_embedded_model_can_steer_by_structured_output() -> None:
    guide = ChatModelGuide(resolve_model("local"), "local")
    decision = await guide.decide(GuideInput(question=PRODUCT, turns_left=5))
    assert decision.fallback == ""
    assert decision.action in (Action.CODE, Action.TEXT)


async def test_tokens_are_counted_while_messages_stream() -> None:
    usage: Any = {}
    stream = compile_graph().astream(
        {"messages": [HumanMessage(PRODUCT)]},
        context=Context(max_turns=1, check_answer=False),
        stream_mode=["messages", "values"],
    )
    async for mode, part in stream:
        usage = part.get("usage", usage) if mode == "values" else usage
    assert usage["task"]["output_tokens"] > 0
