"""Whoever serves the graph decides what callers choose, by whatever door a run comes; secrets stay where they are."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient
from tests.server.test_dev_server import QUESTION, SOLVE, TEST
from tests.support.dev_server import dev_server
from tests.support.endpoint import Endpoint, serve

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
SECRET = "hunter2-secret"
REFUSED = [
    ({"task_model": "http://localhost:1/v1#m"}, "task_model", "ENDPOINTS"),
    ({"guide": "http://[::ffff:169.254.169.254]/v1#m"}, "guide", "ENDPOINTS"),
    ({"checker_model": "/etc/passwd.gguf"}, "checker_model", "MODELS"),
    ({"guide": "hf:owner/name"}, "guide", "MODELS"),
    ({"sandbox": "unsafe-subprocess"}, "sandbox", "SANDBOXES"),
    ({"sandbox": "docker:evil"}, "sandbox", "SANDBOXES"),
    ({"max_turns": 4}, "max_turns", "MAX_TURNS"),
    ({"max_seconds": 1e6}, "max_seconds", "MAX_SECONDS"),
    ({"program_memory_mib": 1024 * 1024}, "program_memory_mib", "PROGRAM_MEMORY_MIB"),
]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    def answer(request: dict[str, Any]) -> str:
        return TEST if "def is_correct" in request["messages"][-1]["content"] else SOLVE

    with serve(answer) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("policy")


@pytest.fixture(scope="module")
def strict(folder: Path, endpoint: Endpoint) -> Iterator[str]:
    (folder / "codesteer.toml").write_text(
        f'[policy]\nendpoints = ["public", "{endpoint.url}"]\nmax_turns = 3\n'
    )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CODESTEER_CONFIG", str(folder / "codesteer.toml"))
        environment.setenv("CODESTEER_POLICY_ENDPOINTS", "")
        environment.setenv("OPENAI_API_KEY", SECRET)
        with dev_server(folder) as url:
            yield url


@pytest.fixture
async def client(strict: str) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=strict) as opened:
        yield opened


@pytest.mark.parametrize("way", ["context", "configurable", "assistant"])
@pytest.mark.parametrize(("settings", "field", "setting"), REFUSED)
async def test_a_value_that_the_policy_forbids_is_named(
    client: LangGraphClient, way: str, settings: Any, field: str, setting: str
) -> None:
    given: Any = {"context": settings} if way == "context" else {"config": {"configurable": settings}}
    assistant = "codesteer"
    if way == "assistant":
        assistant, given = (await client.assistants.create("codesteer", context=settings))["assistant_id"], {}
    result: Any = await client.runs.wait(None, assistant, input=QUESTION, raise_error=False, **given)
    assert result["__error__"]["error"] == "ConfigurationError"
    message = result["__error__"]["message"]
    assert message.startswith(f"{field}: ")
    assert message.endswith(f"CODESTEER_POLICY_{setting}")


async def test_what_the_operator_lists_runs_and_gets_no_key(
    client: LangGraphClient, endpoint: Endpoint
) -> None:
    context: Any = {"task_model": f"{endpoint.url}#m"}
    result: Any = await client.runs.wait(None, "codesteer", input=QUESTION, context=context)
    assert result["answer"] == "42"
    remote: Any = await RemoteGraph("codesteer", client=client).ainvoke(QUESTION, context=context)
    assert remote["answer"] == "42"
    assert SECRET not in str(endpoint.headers) + str(endpoint.requests)


async def test_a_thread_is_not_resumed_with_a_weaker_sandbox(
    client: LangGraphClient, endpoint: Endpoint
) -> None:
    thread: Any = (await client.threads.create())["thread_id"]
    context: Any = {"task_model": f"{endpoint.url}#m", "review": ["code"]}
    stopped: Any = await client.runs.wait(thread, "codesteer", input=QUESTION, context=context)
    assert "__interrupt__" in stopped
    weaker: Any = {**context, "sandbox": "unsafe-subprocess"}
    result: Any = await client.runs.wait(
        thread, "codesteer", command={"resume": "approve"}, context=weaker, raise_error=False
    )
    assert "CODESTEER_POLICY_SANDBOXES" in result["__error__"]["message"]


def test_mcp_and_a2a_run_under_the_policy(strict: str) -> None:
    """Neither takes a context: the defaults run, and they name a model file that is not there."""
    assistant = httpx.post(
        f"{strict}/assistants", json={"graph_id": "codesteer", "context": REFUSED[4][0]}
    ).json()
    message = {"role": "user", "parts": [{"kind": "text", "text": "6 * 7?"}], "messageId": "1"}
    call = {"jsonrpc": "2.0", "id": "1", "method": "message/send", "params": {"message": message}}
    answer = httpx.post(
        f"{strict}/a2a/{assistant['assistant_id']}",
        json=call,
        timeout=60,
        headers={"Accept": "application/json"},
    )
    assert answer.json()["result"]["status"]["state"] == "failed", answer.text


@pytest.mark.parametrize("way", ["context", "configurable", "assistant"])
async def test_credentials_in_an_address_reach_no_state_and_no_log(
    client: LangGraphClient, folder: Path, way: str
) -> None:
    settings: Any = {"task_model": f"https://user:{SECRET}-{way}@llm.example/v1#m"}
    given: Any = {"context": settings} if way == "context" else {"config": {"configurable": settings}}
    assistant, thread = "codesteer", (await client.threads.create())["thread_id"]
    if way == "assistant":
        assistant, given = (await client.assistants.create("codesteer", context=settings))["assistant_id"], {}
    result: Any = await client.runs.wait(thread, assistant, input=QUESTION, raise_error=False, **given)
    assert "CODESTEER_ENDPOINT_KEYS" in result["__error__"]["message"]
    kept: list[Any] = [
        result,
        await client.threads.get_state(thread),
        *await client.threads.get_history(thread),
    ]
    if (
        way != "assistant"
    ):  # whose settings the server itself keeps as they were given, before any graph sees them
        kept.append(await client.threads.get(thread))
    assert f"{SECRET}-{way}" not in json.dumps(kept)
    assert f"{SECRET}-{way}" not in (folder / "log").read_text()


def test_a_mistake_in_the_policy_keeps_the_server_from_starting(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CODESTEER_POLICY_MAX_TURNS", "many")
        with pytest.raises(RuntimeError, match="CODESTEER_POLICY_MAX_TURNS is 'many'"), dev_server(tmp_path):
            pass
