"""A run on a deployed server is forked as one that is kept here: same branches, same refusals."""

from dataclasses import replace as changed
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient
from tests.support.dev_server import free_port
from tests.support.endpoint import Answer, serve
from tests.support.models import check, code

from codesteer import Context, create_codesteer
from codesteer.errors import ConfigurationError, ServerError, ServerUnavailableError
from codesteer.guides.decision import Mode
from codesteer.models.usage import Usage
from codesteer.replay import Branch, Replay, replay

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
QUESTION: Any = {"messages": [{"role": "user", "content": "What is 6 * 7? Return it as <<<number>>>."}]}
RIGHT = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")
WRONG = code("result = 6 * 6\nprint('<<<' + str(result) + '>>>')")
TEST = check("int(answer) == 6 * 7", "product")
WORDS = "Six times seven is forty-two. <<<42>>>"
TWO_TURNS = (WRONG, TEST, RIGHT, TEST)


async def run_there(client: LangGraphClient, context: dict[str, Any]) -> str:
    thread: Any = await client.threads.create()
    settings: Any = {"candidates": 1, **context}
    await client.runs.wait(thread["thread_id"], "codesteer", input=QUESTION, context=settings)
    return str(thread["thread_id"])


async def forked_there(client: LangGraphClient, answers: tuple[Answer, ...], **choice: Any) -> Replay:
    with serve(*answers) as endpoint:
        thread = await run_there(client, {"task_model": f"{endpoint.url}#m", "max_turns": 4})
        return await replay(RemoteGraph("codesteer", client=client), thread, **choice)


async def forked_here(answers: tuple[Answer, ...], **choice: Any) -> Replay:
    graph = create_codesteer().compile(checkpointer=InMemorySaver())
    with serve(*answers) as endpoint:
        context = Context(task_model=f"{endpoint.url}#m", max_turns=4, candidates=1)
        await graph.ainvoke(QUESTION, {"configurable": {"thread_id": "t"}}, context=context)
        return await replay(graph, "t", context=context, **choice)


def timeless(branch: Branch) -> Branch:
    return changed(
        branch, thread="", turns=tuple(map(_timeless, branch.turns)), usage=_timeless(branch.usage)
    )


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(part) for key, part in value.items()}
    if isinstance(value, Usage):
        return changed(value, seconds=0.0)
    if not hasattr(value, "execution"):
        return value
    execution = value.execution and changed(
        value.execution, wall_seconds=0.0, cpu_seconds=0.0, peak_memory_bytes=0
    )
    if not hasattr(value, "usage"):
        return changed(value, execution=execution)
    report = _timeless(value.answer_report)
    return changed(
        value, execution=execution, answer_report=report, seconds=0.0, usage=_timeless(value.usage)
    )


@pytest.mark.parametrize(
    ("answers", "choice"),
    [
        ((RIGHT, TEST, WORDS, TEST), {"turn": 1, "mode": Mode.TEXT}),
        ((*TWO_TURNS, WORDS, TEST), {"turn": 2, "mode": Mode.TEXT}),
        ((*TWO_TURNS, RIGHT, TEST), {"turn": 2, "guidance": "Use six sevens."}),
        ((*TWO_TURNS, WORDS, TEST), {"turn": 3, "mode": Mode.TEXT}),
    ],
)
async def test_a_fork_there_is_what_it_is_here(
    client: LangGraphClient, answers: tuple[Answer, ...], choice: dict[str, Any]
) -> None:
    there, here = await forked_there(client, answers, **choice), await forked_here(answers, **choice)
    assert there.other.outcome == "returned"
    assert (timeless(there.original), timeless(there.other)) == (
        timeless(here.original),
        timeless(here.other),
    )
    assert (there.guide_input.question, there.guide_input.turns_left, there.turn) == (
        here.guide_input.question,
        here.guide_input.turns_left,
        here.turn,
    )
    assert len(there.guide_input.attempts) == choice["turn"] - 1


async def test_the_run_itself_stays_as_it_was_and_the_fork_knows_where_it_comes_from(
    client: LangGraphClient,
) -> None:
    with serve(*TWO_TURNS, WORDS, TEST) as endpoint:
        thread = await run_there(client, {"task_model": f"{endpoint.url}#m"})
        before = await client.threads.get_state(thread)
        done = await replay(RemoteGraph("codesteer", client=client), thread, turn=2, mode=Mode.TEXT)
    assert await client.threads.get_state(thread) == before
    fork = await client.threads.get(done.other.thread)
    assert {"replay_of": thread, "replay_turn": 2}.items() <= (fork["metadata"] or {}).items()


async def test_a_fork_that_ended_early_is_forked_on_its_own_way(client: LangGraphClient) -> None:
    """Its thread also has the checkpoints of the run that it comes from, in which there was a third turn."""
    three = (WRONG, TEST, WRONG.replace("6 * 6", "6 * 5"), TEST, RIGHT, TEST)
    with serve(*three, WORDS, TEST, WORDS, TEST) as endpoint:
        graph = RemoteGraph("codesteer", client=client)
        thread = await run_there(client, {"task_model": f"{endpoint.url}#m"})
        first = await replay(graph, thread, turn=2, mode=Mode.TEXT)
        assert (len(first.original.turns), len(first.other.turns)) == (3, 2)
        again = await replay(graph, first.other.thread, turn=3, mode=Mode.TEXT)
    assert again.original.turns == first.other.turns
    assert [turn.mode for turn in again.other.turns] == [Mode.CODE, Mode.TEXT, Mode.TEXT]


async def test_the_fork_can_be_watched(client: LangGraphClient) -> None:
    parts: list[Any] = []
    done = await forked_there(
        client, (RIGHT, TEST, WORDS, TEST), turn=1, mode=Mode.TEXT, on_part=parts.append
    )
    events = [part["data"]["event"] for part in parts if part["type"] == "custom"]
    assert (events[0], events[-1]) == ("generating", "finished")
    assert parts[-1]["data"]["turns"] == list(done.other.turns)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"turn": 9, "mode": Mode.TEXT}, "no turn 9: .* has turns 1 to 1; 2 continues it"),
        ({"turn": 1, "mode": Mode.CODE}, "the guide already chose code"),
    ],
)
async def test_what_cannot_be_forked_is_explained(
    client: LangGraphClient, choice: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await forked_there(client, (RIGHT, TEST), **choice)


@pytest.mark.parametrize("thread", ["primes", "00000000-0000-4000-8000-000000000000"])
async def test_an_unknown_thread_is_explained(client: LangGraphClient, thread: str) -> None:
    with pytest.raises(ConfigurationError, match="no run on thread"):
        await replay(RemoteGraph("codesteer", client=client), thread, turn=1, mode=Mode.TEXT)


async def test_an_unfinished_run_is_not_forked(client: LangGraphClient) -> None:
    with serve(RIGHT, TEST) as endpoint:
        thread = await run_there(client, {"task_model": f"{endpoint.url}#m", "review": ["code"]})
    with pytest.raises(ConfigurationError, match=r"not finished \(next: execute\)"):
        await replay(RemoteGraph("codesteer", client=client), thread, turn=1, mode=Mode.TEXT)


async def test_a_model_that_cannot_be_asked_is_an_error_not_an_answer(client: LangGraphClient) -> None:
    refused: Answer = (401, {"error": {"message": "key expired"}})
    with pytest.raises(ServerError, match=r"the run failed on the server: .*key expired"):
        await forked_there(client, (RIGHT, TEST, refused), turn=1, mode=Mode.TEXT)


async def test_a_server_that_is_away_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    thread = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(ServerUnavailableError, match="cannot be reached"):
        async with get_client(url=url) as client:
            await replay(RemoteGraph("codesteer", client=client), thread, turn=1, mode=Mode.TEXT)
