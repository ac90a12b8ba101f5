"""What ``langgraph.json`` and ``.dockerignore`` promise: who may call, what is kept, what goes into an image."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from docker.utils.build import exclude_paths
from langgraph_cli._ignore import _build_ignore_spec
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import APIStatusError
from tests.server.test_dev_server import QUESTION, SOLVE, TEST
from tests.support.dev_server import ROOT, dev_server
from tests.support.endpoint import serve
from tests.support.experience import own_program, sum_question
from tests.support.models import code

SETTINGS = json.loads((ROOT / "langgraph.json").read_text())
SECRETS = [
    ".env",
    ".env.production",
    "id_rsa",
    "keys.json",
    ".git/config",
    ".langgraph_api/.langgraph_checkpoint.1.pckl",
    ".venv/bin/python",
    "runs/answers.jsonl",
    "tests/conftest.py",
    "graph/.env",
    "src/codesteer/.env.local",
    "src/codesteer/cli/__pycache__/app.pyc",
]
SOURCES = [
    "LICENSE",
    "README.md",
    "langgraph.json",
    "pyproject.toml",
    "graph/state.py",
    "nodes/guide.py",
    "prompts/guide/system.md",
    "src/codesteer/__init__.py",
    "src/codesteer/py.typed",
    "src/codesteer/cli/trace.html",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".dockerignore").write_text((ROOT / ".dockerignore").read_text())
    for name in [*SECRETS, *SOURCES]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_docker_sends_the_sources_and_no_secret(checkout: Path) -> None:
    patterns = (checkout / ".dockerignore").read_text().splitlines()
    sent = {name for name in exclude_paths(str(checkout), patterns) if (checkout / name).is_file()}
    assert sent - {".dockerignore", "Dockerfile"} == set(SOURCES)


@pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # the command line of LangGraph uses it
def test_langgraph_deploy_packs_the_sources_and_no_secret(checkout: Path) -> None:
    ignored = _build_ignore_spec(checkout)
    assert [name for name in [*SECRETS, *SOURCES] if not ignored.match_file(name)] == SOURCES


@pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # the command line of LangGraph uses it
def test_every_file_of_the_package_goes_into_the_image() -> None:
    ignored = _build_ignore_spec(ROOT)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    rooms = ("graph/", "nodes/", "prompts/", "src/")
    missing = [
        name for name in tracked.stdout.splitlines() if name.startswith(rooms) and ignored.match_file(name)
    ]
    assert missing == []


def test_the_dockerfile_that_langgraph_writes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "langgraph_cli", "dockerfile", str(tmp_path / "Dockerfile")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    lines = (tmp_path / "Dockerfile").read_text().splitlines()
    assert lines[0] == "FROM langchain/langgraph-api:3.11"
    assert f"ADD . /deps/{ROOT.name}" in lines
    environment = dict(line.removeprefix("ENV ").split("=", 1) for line in lines if line.startswith("ENV "))
    graphs = json.loads(environment["LANGSERVE_GRAPHS"].strip("'"))
    assert graphs["codesteer"]["path"] == "codesteer.graph.server:make_graph"
    assert (
        json.loads(environment["LANGGRAPH_CHECKPOINTER"].strip("'"))["ttl"] == SETTINGS["checkpointer"]["ttl"]
    )
    assert "cors" in json.loads(environment["LANGGRAPH_HTTP"].strip("'"))
    assert not any("KEY" in line for line in lines if line.startswith("ENV "))


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://smith.langchain.com", True), ("https://evil.org", False)]
)
def test_a_browser_may_call_from_studio_only(server: str, origin: str, allowed: bool) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{server}/threads", headers=headers)
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "auth.py").write_text((ROOT / "docs/auth.py").read_text())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CODESTEER_TOKENS", "alice:s3cret, bob:hush")
        with dev_server(folder, auth={"path": "./auth.py:auth"}) as url:
            yield url


@pytest.fixture
async def alice(guarded: str) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=guarded, headers={"Authorization": "Bearer s3cret"}) as client:
        yield client


@pytest.fixture
async def bob(guarded: str) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=guarded, headers={"Authorization": "Bearer hush"}) as client:
        yield client


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "s3cret"}])
def test_the_example_of_authentication_lets_no_stranger_in(guarded: str, header: dict[str, str]) -> None:
    answer = httpx.post(f"{guarded}/threads", json={}, headers=header)
    assert answer.status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
async def test_it_shows_everybody_their_own_threads_only(
    alice: LangGraphClient, bob: LangGraphClient
) -> None:
    thread: Any = await alice.threads.create()
    with serve(SOLVE, TEST) as endpoint:
        context: Any = {"task_model": f"{endpoint.url}#m"}
        result: Any = await alice.runs.wait(thread["thread_id"], "codesteer", input=QUESTION, context=context)
    assert result["answer"] == "42"
    assert [found["thread_id"] for found in await alice.threads.search()] == [thread["thread_id"]]
    assert await bob.threads.search() == []
    with pytest.raises(APIStatusError) as hidden:
        await bob.threads.get(thread["thread_id"])
    assert hidden.value.status_code == httpx.codes.NOT_FOUND
    with pytest.raises(APIStatusError) as forbidden:
        await bob.assistants.create("codesteer", context={"max_turns": 1})
    assert forbidden.value.status_code == httpx.codes.FORBIDDEN


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
@pytest.mark.parametrize("way", ["context", "configurable"])
async def test_it_refuses_what_the_policy_forbids_before_anything_is_stored(
    alice: LangGraphClient, way: str
) -> None:
    thread: Any = (await alice.threads.create())["thread_id"]
    settings: Any = {"sandbox": "unsafe-subprocess"}
    given: Any = {"context": settings} if way == "context" else {"config": {"configurable": settings}}
    with pytest.raises(APIStatusError) as refused:
        await alice.runs.create(thread, "codesteer", input=QUESTION, **given)
    assert refused.value.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "CODESTEER_POLICY_SANDBOXES" in str(refused.value.body)
    assert await alice.runs.list(thread) == []


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
async def test_it_keeps_everybodys_experience_private(alice: LangGraphClient, bob: LangGraphClient) -> None:
    ours = await experience_of(alice)
    assert ours["learnt"]
    theirs = await experience_of(bob)
    assert (theirs["skill"], theirs["example"], theirs["plans"], theirs["note"]) == (None, None, [], "")
    again = await experience_of(alice)
    assert again["skill"]["key"] in ours["learnt"]
    for user in (alice, bob):
        with pytest.raises(APIStatusError) as forbidden:
            await user.store.search_items(["codesteer"])
        assert forbidden.value.status_code == httpx.codes.FORBIDDEN


async def experience_of(user: LangGraphClient) -> dict[str, Any]:
    """Ask a question that two programs of the task model agree on, and return what the run recalled and learnt."""
    programs = [own_program(7, 70), "print(f'<<<{sum(n for n in range(7, 71))}>>>')"]
    with serve(*map(code, programs)) as endpoint:
        context: Any = {"task_model": f"{endpoint.url}#m", "candidates": 1, "check_answer": False}
        context["experience"] = ["sums"]
        question: Any = {"messages": [{"role": "user", "content": sum_question(7, 70)}]}
        thread: Any = await user.threads.create()
        result: Any = await user.runs.wait(thread["thread_id"], "codesteer", input=question, context=context)
    return result["experience"]  # type: ignore[no-any-return]
