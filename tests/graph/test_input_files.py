"""Files that come with a question: named in prompts, read by programs, refused where they cannot be used."""

import base64
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.messages.content import create_file_block, create_plaintext_block
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.errors import ConfigurationError
from codesteer.graph.history import history
from codesteer.graph.input_files import MAX_BYTES, InputFile, describe_files, input_files
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.variables import define_variables

TABLE = InputFile("data.csv", b"town,people\nUlm,126\nBonn,336\n")
ENCODED = base64.b64encode(TABLE.data).decode()
QUESTION = {"type": "text", "text": "Which town has more people?"}
SUM = code(
    "import csv\nrows = list(csv.DictReader(open('data.csv')))\n"
    "print(max(rows, key=lambda r: int(r['people']))['town'])"
)


def document(text: str, **names: str) -> Any:
    """Return a block in Anthropic's form."""
    return {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": text}, **names}


def asked(*blocks: Any) -> Any:
    return {"messages": [HumanMessage([QUESTION, *blocks])]}


@pytest.mark.parametrize(
    "block",
    [
        TABLE.block(),
        {"type": "file", "base64": ENCODED, "mime_type": "text/csv", "filename": "data.csv"},
        create_file_block(base64=ENCODED, mime_type="text/csv", filename="data.csv"),
        {"type": "file", "file": {"filename": "data.csv", "file_data": f"data:text/csv;base64,{ENCODED}"}},
        {
            "type": "file",
            "source_type": "base64",
            "data": ENCODED,
            "mime_type": "text/csv",
            "filename": "data.csv",
        },
        {"type": "text-plain", "text": TABLE.data.decode(), "mime_type": "text/csv", "title": "data.csv"},
        document(TABLE.data.decode(), title="data.csv"),
        {
            "type": "document",
            "title": "data.csv",
            "source": {"type": "base64", "media_type": "application/pdf", "data": ENCODED},
        },
        {**TABLE.block(), "title": "another.csv"},
    ],
)
def test_a_file_in_every_form_of_a_block(block: Any) -> None:
    assert input_files(asked(block)) == {"data.csv": TABLE.data}


def test_a_file_without_a_name_gets_one() -> None:
    blocks = (create_plaintext_block(text="x"), {"type": "file", "base64": ENCODED, "mime_type": "text/csv"})
    assert list(input_files(asked(*blocks))) == ["file1.txt", "file2.csv"]


def unnamed(data: bytes) -> dict[str, Any]:
    return {"type": "file", "base64": base64.b64encode(data).decode(), "mime_type": "text/csv"}


@pytest.mark.parametrize(
    ("questions", "files"),
    [
        ([[unnamed(b"1")], [unnamed(b"2")]], {"file1.csv": b"1", "file2.csv": b"2"}),
        ([[unnamed(b"1"), unnamed(b"2")], [unnamed(b"3")]], {f"file{n}.csv": b"%d" % n for n in (1, 2, 3)}),
        (
            [[InputFile("file2.csv", b"2").block()], [unnamed(b"1"), unnamed(b"3")]],
            {f"file{n}.csv": b"%d" % n for n in (1, 2, 3)},
        ),
        ([[unnamed(b"2"), InputFile("file1.csv", b"1").block()]], {"file1.csv": b"1", "file2.csv": b"2"}),
        ([[InputFile("file1.txt", b"1").block(), unnamed(b"2")]], {"file1.txt": b"1", "file2.csv": b"2"}),
        (
            [[document("1")], [document("2", title="Annual report: 2026")]],
            {"file1.txt": b"1", "file2.txt": b"2"},
        ),
        (
            [[{**unnamed(b"1"), "extras": "odd"}], [{**unnamed(b"2"), "extras": None}]],
            {"file1.csv": b"1", "file2.csv": b"2"},
        ),
        ([[InputFile("a.csv", b"1").block()], [InputFile("a.csv", b"2").block()]], {"a.csv": b"2"}),
    ],
)
def test_no_file_without_a_name_hides_another(questions: Any, files: dict[str, bytes]) -> None:
    state: Any = {"messages": [HumanMessage([QUESTION, *blocks]) for blocks in questions]}
    assert input_files(state) == files


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        (
            [{"type": "file", "url": "https://host/data.csv", "mime_type": "text/csv"}],
            "file1.csv has no content",
        ),
        ([{"type": "file", "file_id": "f1"}], "has no content"),
        ([{"type": "file", "base64": "a!", "mime_type": "text/csv"}], "not valid base64"),
        ([InputFile("../x", b"").block()], "no usable file name"),
        ([InputFile(".bashrc", b"").block()], "no usable file name"),
        ([InputFile("a\nb", b"").block()], "no usable file name"),
        ([InputFile("x" * 101, b"").block()], "no usable file name"),
        ([TABLE.block(), TABLE.block()], "two files of one message are called data.csv"),
        ([InputFile(f"{n}.txt", b"x").block() for n in range(21)], "there are 21 files"),
        (
            [InputFile("big.bin", b"x" * (MAX_BYTES + 1)).block()],
            "at most 8,388,608 are possible on one thread",
        ),
        ([{"type": "file", "base64": ENCODED, "extras": {"filename": ["a"]}}], "no usable file name"),
        ([{"type": "file", "source_type": "text", "text": "x"}], "malformed content block"),
        ([{"type": "image", "base64": "YQ==", "mime_type": "image/png"}], "the question contains image"),
        (
            [{"type": "video", "url": "https://host/v"}, {"type": "audio", "url": "https://host/a"}],
            "contains audio, video",
        ),
        ([{}], "the question contains a block without a type"),
        ([{"type": "input_text", "text": "x"}], "the question contains input_text"),
    ],
)
async def test_what_cannot_be_used_is_refused_before_a_model_is_asked(blocks: Any, message: str) -> None:
    """And the thread answers other questions afterwards, with its usable files."""
    model = scripted(SUM, SUM)
    builder = create_codesteer(task_model=model, sandbox=ScriptedSandbox("Bonn", "Bonn"))
    graph = builder.compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    with pytest.raises(ConfigurationError, match=message):
        await graph.ainvoke(asked(*blocks), thread)
    assert model.asked == []
    context = Context(check_answer=False)
    answer = await graph.ainvoke(asked(TABLE.block()), thread, context=context)
    assert answer["answer"] == "Bonn"
    assert {type(message.content) for message in model.asked[0]} == {str}
    assert texts(model.asked[0])[-1].count("\n- ") == 1


def test_a_file_too_many_is_refused_once() -> None:
    files = [InputFile(f"{n}.bin", b"x" * (MAX_BYTES // 2)).block() for n in range(3)]
    messages: list[Any] = [HumanMessage([QUESTION, file]) for file in files]
    with pytest.raises(ConfigurationError, match="at most"):
        input_files({"messages": messages})
    assert list(input_files({"messages": [*messages, HumanMessage("And without it?")]})) == ["0.bin", "1.bin"]


@pytest.mark.parametrize(
    ("data", "described"),
    [
        (TABLE.data, "- x (29 bytes), which begins with:\n    town,people\n    Ulm,126\n    Bonn,336"),
        (b"", "- x (0 bytes)"),
        (b"\x89PNG\r\n\x1a\n\0\0", "- x (10 bytes)"),
        (b"\xff\xfe", "- x (2 bytes)"),
        ("ä".encode() * 3000, f"- x (6,000 bytes), which begins with:\n    {'ä' * 500}"),
        (b"1\n" * 9, "- x (18 bytes), which begins with:" + "\n    1" * 5),
    ],
)
def test_files_are_described_by_name_size_and_first_lines(data: bytes, described: str) -> None:
    assert describe_files({"x": data}) == described


async def test_models_see_the_beginning_and_programs_the_file() -> None:
    guide_sees = scripted('{"action": "code", "guidance": "Compare."}', '{"action": "return"}')
    model = scripted(SUM, check("answer == 'Bonn'", "largest"))
    graph = create_codesteer(task_model=model, guide=guide_sees, sandbox=open_sandbox("local")).compile()
    result: Any = await graph.ainvoke(asked(TABLE.block()), context=Context(candidates=1))
    assert (result["answer"], result["turns"][0]["execution"]["status"]) == ("Bonn", "ok")
    for prompt in (texts(guide_sees.asked[0])[-1], texts(model.asked[0])[-1], texts(model.asked[1])[-1]):
        assert "- data.csv (29 bytes), which begins with:\n    town,people" in prompt
    assert ENCODED not in str(model.asked)


async def test_a_question_with_files_is_answered_by_a_program() -> None:
    model = scripted(SUM, SUM)
    graph = create_codesteer(task_model=model, sandbox=ScriptedSandbox("Bonn", "Bonn")).compile()
    result: Any = await graph.ainvoke(
        asked(InputFile("a.txt", b"").block()), context=Context(check_answer=False)
    )
    assert result["turns"][0]["decision"]["action"] == "code"


async def test_a_follow_up_has_the_files_of_the_thread() -> None:
    model, sandbox = scripted(*[SUM] * 4), ScriptedSandbox(*["Bonn"] * 4)
    graph = create_codesteer(task_model=model, sandbox=sandbox).compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    context = Context(check_answer=False)
    await graph.ainvoke(asked(TABLE.block()), thread, context=context)
    newer = InputFile("data.csv", b"town,people\nUlm,500\n")
    follow_up: Any = {"messages": [HumanMessage([{"type": "text", "text": "And here?"}, newer.block()])]}
    await graph.ainvoke(follow_up, thread, context=context)
    assert [type(message.content) for message in model.asked[-1]] == [str] * len(model.asked[-1])
    assert "Ulm,500" in texts(model.asked[-1])[-1]
    assert base64.b64encode(newer.data).decode() in sandbox.programs[-1]


@pytest.mark.parametrize(
    "block",
    [
        lambda text: InputFile("a.txt", text.encode()).block(),
        lambda text: document(text, title="a.txt"),
        lambda text: {
            "type": "file",
            "file": {"file_data": "data:text/csv;base64," + base64.b64encode(text.encode()).decode()},
        },
        lambda text: create_plaintext_block(text=text),
    ],
)
async def test_the_same_text_with_another_file_is_another_question(block: Any) -> None:
    model, sandbox = scripted(*[SUM] * 4), ScriptedSandbox(*["Bonn"] * 4)
    graph = create_codesteer(task_model=model, sandbox=sandbox).compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    for text in ("1", "2", "2"):
        message = HumanMessage([QUESTION, block(text)], id="q")
        await graph.ainvoke({"messages": [message]}, thread, context=Context(check_answer=False))
    assert len(model.asked) == 4


def test_history_has_no_content_of_files() -> None:
    before = HumanMessage([QUESTION, TABLE.block()], id="1")
    state: Any = {"messages": [before, AIMessage("Bonn"), HumanMessage("Why?")]}
    assert [message.content for message in history(state)] == [QUESTION["text"], "Bonn"]


@pytest.mark.parametrize(
    "program",
    ["print(open('data.csv').read())", "from __future__ import annotations\nprint(open('data.csv').read())"],
)
async def test_programs_read_files_and_cannot_change_them_by_accident(program: str) -> None:
    files = {TABLE.name: TABLE.data, "b c.bin": bytes(range(256))}
    sandbox = open_sandbox("local")
    result = await sandbox.run(define_variables(program, files, QUESTION="q"))
    assert result.stdout.strip() == TABLE.data.decode().strip(), result.stderr
    writing = define_variables(
        "import os\nprint(len(open('b c.bin', 'rb').read()), oct(os.stat('data.csv').st_mode)[-3:])", files
    )
    assert (await sandbox.run(writing)).stdout.split() == ["256", "444"]
