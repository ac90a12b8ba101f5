"""A process is killed with SIGKILL at the end of each node, before the checkpoint; another process resumes the run.

It comes to the same answer, repeats only the calls that were not recorded, and records no turn twice.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.endpoint import Endpoint, serve
from tests.support.postgres import binaries, postgres
from tests.survival.scenario import QUESTION, answer, context_with, open_saver

from codesteer import Turn
from codesteer.graph.values import read_state
from codesteer.graph.workflow import NODES, compile_graph
from codesteer.models.usage import Usage

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
ROOT = Path(__file__).parents[2]
KILLED_IN = [node for node in NODES if node not in ("write_text", "recall", "learn")]
"""Nodes of a run in code; those that use experience are in test_learning.py."""
ONCE = ("begin", "finish")
LAST_VISITS = [(node, 1 if node in ONCE else 2) for node in KILLED_IN]
FIRST_VISITS = [(node, 1) for node in KILLED_IN if node not in ONCE]
ASKED_AGAIN = {"guide": 1, "write_program": 1, "check_answer": 1}
"""Model calls that are repeated after a kill in a node; all other nodes repeat none."""
CALLS = 7
"""Model calls of an uninterrupted run: three of the guide, two each of task model and checker."""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    programs = binaries()
    if programs is None:
        if os.environ.get("CODESTEER_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL is required and not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres(programs) as address:
        yield address


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serve(answer) as opened:
        yield opened


def kill(
    endpoint: Endpoint, address: tuple[str, str], thread: str, node: str, visit: int, candidates: int = 1
) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.survival.killed_run",
        *address,
        f"{endpoint.url}#m",
        thread,
        node,
        str(visit),
        str(candidates),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == -9, done.stderr


async def finish(
    endpoint: Endpoint, address: tuple[str, str], start: Any, thread: str, candidates: int = 1
) -> Any:
    async with open_saver(*address) as saver:
        graph = compile_graph(checkpointer=saver)
        config: Any = {"configurable": {"thread_id": thread}}
        context = context_with(f"{endpoint.url}#m", candidates)
        return read_state(await graph.ainvoke(start, config, context=context, durability="sync"))


def timeless(turns: list[Turn]) -> list[Turn]:
    """Return the turns without times and memory, which differ from run to run."""
    return [_timeless(turn) for turn in turns]


def _timeless(turn: Turn) -> Turn:
    assert turn.execution is not None
    assert turn.answer_report is not None
    assert turn.answer_report.execution is not None
    still: dict[str, Any] = {"wall_seconds": 0.0, "cpu_seconds": 0.0, "peak_memory_bytes": 0}
    report = replace(turn.answer_report, execution=replace(turn.answer_report.execution, **still))
    return replace(
        turn,
        seconds=0.0,
        execution=replace(turn.execution, **still),
        answer_report=report,
        decision=replace(turn.decision, usage=untimed(turn.decision.usage)),
        usage={role: untimed(used) for role, used in turn.usage.items()},
    )


def untimed(usage: Usage) -> Usage:
    return replace(usage, seconds=0.0)


@pytest.mark.parametrize(("node", "visit"), LAST_VISITS)
async def test_a_run_stored_in_sqlite_resumes(
    endpoint: Endpoint, tmp_path: Path, node: str, visit: int
) -> None:
    await check(endpoint, ("sqlite", str(tmp_path / "runs.sqlite")), node, visit)


@pytest.mark.parametrize(
    ("node", "visit"), [("write_program", 1), ("write_program", 2), ("execute", 1), ("record", 1)]
)
async def test_a_killed_wave_resumes(endpoint: Endpoint, tmp_path: Path, node: str, visit: int) -> None:
    address = ("sqlite", str(tmp_path / "runs.sqlite"))
    kill(endpoint, address, "wave", node, visit, candidates=2)
    result = await finish(endpoint, address, None, "wave", candidates=2)
    assert (result["answer"], result["outcome"]) == ("24", "returned")
    assert [(turn.number, turn.candidate) for turn in result["turns"]] == [(1, 0), (2, 1)]
    assert result["usage"]["task"].calls == 2
    assert len(endpoint.requests) <= (4 if node == "write_program" else 2)


@pytest.mark.slow
@pytest.mark.parametrize(("node", "visit"), FIRST_VISITS)
async def test_a_run_killed_in_its_first_turn_resumes(
    endpoint: Endpoint, tmp_path: Path, node: str, visit: int
) -> None:
    await check(endpoint, ("sqlite", str(tmp_path / "runs.sqlite")), node, visit)


@pytest.mark.slow
@pytest.mark.parametrize(("node", "visit"), [*LAST_VISITS, *FIRST_VISITS])
async def test_a_run_stored_in_postgres_resumes(
    endpoint: Endpoint, database: str, node: str, visit: int
) -> None:
    await check(endpoint, ("postgres", database), node, visit)


async def check(endpoint: Endpoint, address: tuple[str, str], node: str, visit: int) -> None:
    kill(endpoint, address, f"{node}-{visit}", node, visit)
    resumed = await finish(endpoint, address, None, f"{node}-{visit}")
    # A kill in the symbolic checker may interrupt the self-answer checker, which runs in parallel.
    asked_again = {0, 1} if node == "check_code" else {ASKED_AGAIN.get(node, 0)}
    assert len(endpoint.requests) - CALLS in asked_again, "only unrecorded calls are repeated"
    whole = await finish(endpoint, address, {"messages": [HumanMessage(QUESTION)]}, f"whole-{node}-{visit}")
    assert (
        (resumed["answer"], resumed["outcome"]) == (whole["answer"], whole["outcome"]) == ("42", "returned")
    )
    assert [turn.number for turn in resumed["turns"]] == [1, 2]
    assert timeless(resumed["turns"]) == timeless(whole["turns"])
    account = {role: used.calls for role, used in resumed["usage"].items()}
    assert account == {"guide": 3, "task": 2, "checker": 2}, "nothing is counted twice"
