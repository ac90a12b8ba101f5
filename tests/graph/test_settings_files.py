"""Files in the settings: read by programs like those of messages, refused before anything is spent."""

import base64
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.graph.test_input_files import SUM, TABLE
from tests.support.models import scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.errors import ConfigurationError
from codesteer.graph.input_files import input_files
from codesteer.sandboxes.factory import open_sandbox

ASKED: Any = {"messages": [HumanMessage("Which town has more people?", id="q")]}
ADDRESS = f"data:text/csv;base64,{base64.b64encode(TABLE.data).decode()}"


@pytest.mark.parametrize("content", [TABLE.data.decode(), ADDRESS])
async def test_models_see_the_beginning_and_programs_the_file(content: str) -> None:
    model = scripted(SUM)
    graph = create_codesteer(task_model=model, sandbox=open_sandbox("local")).compile()
    context = Context(files={TABLE.name: content}, candidates=1, max_turns=1, check_answer=False)
    result: Any = await graph.ainvoke(ASKED, context=context)
    assert result["answer"] == "Bonn"
    assert "- data.csv (29 bytes), which begins with:" in texts(model.asked[0])[-1]


def test_a_file_of_a_message_replaces_that_of_the_settings() -> None:
    message = HumanMessage([{"type": "text", "text": "?"}, TABLE.block()])
    settings = {"files": {TABLE.name: "old", "other.txt": "kept"}}
    state: Any = {"messages": [message], "settings": settings}
    assert input_files(state) == {TABLE.name: TABLE.data, "other.txt": b"kept"}


@pytest.mark.parametrize("content", ["data:,plain", "data:text/csv;base64", "the data: 1", "ä\ud800"])
def test_only_an_address_with_base64_is_decoded(content: str) -> None:
    state: Any = ASKED | {"settings": {"files": {"a.txt": content}}}
    assert input_files(state) == {"a.txt": content.encode(errors="replace")}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"../x": ""}, "no usable file name"),
        ({"a.csv": "data:text/csv;base64,a!"}, "a.csv is not valid base64"),
        ({f"{n}.txt": "x" for n in range(21)}, "there are 21 files"),
        ({"big.txt": "x" * (8 * 2**20 + 1)}, "at most 8,388,608"),
    ],
)
async def test_what_cannot_be_used_is_refused_before_a_model_is_asked(
    files: dict[str, str], message: str
) -> None:
    model = scripted(SUM)
    graph = create_codesteer(task_model=model, sandbox=ScriptedSandbox()).compile()
    with pytest.raises(ConfigurationError, match=message):
        await graph.ainvoke(ASKED, context=Context(files=files))
    assert model.asked == []


async def test_the_next_question_has_files_of_its_own_settings() -> None:
    model, sandbox = scripted(*[SUM] * 4), ScriptedSandbox(*["Bonn"] * 4)
    graph = create_codesteer(task_model=model, sandbox=sandbox).compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    context = Context(check_answer=False, candidates=1, max_turns=1)
    await graph.ainvoke(ASKED, thread, context=context.model_copy(update={"files": {"a.txt": "1"}}))
    await graph.ainvoke({"messages": [HumanMessage("Compute 7 * 8 + 2.")]}, thread, context=context)
    assert "a.txt" in texts(model.asked[0])[-1]
    assert "a.txt" not in texts(model.asked[-1])[-1]
