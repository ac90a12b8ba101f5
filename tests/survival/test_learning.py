"""Learning survives what happens to its process and its store: the store stays whole, and the answer is the same."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.base import BaseStore, Op, PutOp, Result
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from tests.support.experience import (
    ANSWER,
    LIBRARY_NAMESPACE,
    NAMESPACE,
    PAIRS,
    QUESTION,
    SANDBOX,
    DownStore,
    ask,
    own_program,
    teach,
)
from tests.support.models import code, scripted

from codesteer import Context, create_codesteer
from codesteer.experience.library import Library
from codesteer.experience.record import Experience
from codesteer.graph.values import read_state

ROOT = Path(__file__).parents[2]
QUESTIONS = 12
KILLS = 6
OWN = [code(own_program(7, 70)), code("print(f'<<<{sum(n for n in range(7, 71))}>>>')")]


def learn_and_kill(path: Path, seconds: float | None) -> int:
    """Learn in another process, killed after so many seconds of learning; return how it ended."""
    command = [sys.executable, "-m", "tests.survival.learning_run", str(path), str(QUESTIONS)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        process.stdout.read()
    return process.returncode


async def remembered(store: BaseStore) -> list[Experience]:
    library = Library(store, LIBRARY_NAMESPACE)
    listing = await library.all_records()
    assert listing.unreadable == ()
    return await library.experiences(listing.records)


@pytest.mark.timeout(180)
async def test_a_store_is_whole_after_kills_at_random_moments(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    moments = random.Random(19)
    endings = [learn_and_kill(path, moments.uniform(0, 0.4)) for _ in range(KILLS)]
    assert -signal.SIGKILL in endings
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with SqliteStore.from_conn_string(str(path)) as store:
        for experience in await remembered(store):
            assert experience.questions, "a record without evidence is one that nothing supports"
    assert learn_and_kill(path, None) == 0
    with SqliteStore.from_conn_string(str(path)) as store:
        (skill,) = await remembered(store)
        assert len(skill.evidence) == len(set(skill.questions)) == QUESTIONS
        items = store.search(("codesteer",), limit=1000)
        assert len(items) == 1 + QUESTIONS


class ReadOnlyStore(BaseStore):
    """A store whose database goes down after it was read."""

    def __init__(self, store: BaseStore) -> None:
        self.store = store
        self.is_down = False

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        wanted = list(ops)
        self.is_down = self.is_down or any(isinstance(op, PutOp) for op in wanted)
        return (DownStore() if self.is_down else self.store).batch(wanted)

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        return self.batch(ops)


@pytest.mark.parametrize("pairs", [PAIRS, ()])
async def test_a_store_that_goes_down_during_a_run_changes_no_answer(
    pairs: tuple[tuple[int, int], ...],
) -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *pairs)
    result, _ = await ask(ReadOnlyStore(store), script=[*OWN], candidates=1)
    whole, _ = await ask(store, script=[*OWN], candidates=1)
    assert (
        (result["answer"], result["outcome"]) == (whole["answer"], whole["outcome"]) == (ANSWER, "returned")
    )
    assert [turn.program for turn in result["turns"]] == [turn.program for turn in whole["turns"]]
    assert result["experience"].note == "the store of experience failed: connection refused"
    assert (result["experience"].learnt, result["experience"].skill) == ((), whole["experience"].skill)


async def test_a_run_that_is_interrupted_while_it_learns_is_resumed_and_learns_once() -> None:
    store = InMemoryStore()
    builder = create_codesteer(task_model=scripted(*OWN), sandbox=SANDBOX)
    graph = builder.compile(checkpointer=InMemorySaver(), store=store)
    config: Any = {"configurable": {"thread_id": "t"}}
    context = Context(experience=NAMESPACE, check_answer=False, candidates=1)
    question: Any = {"messages": [HumanMessage(QUESTION)]}
    await graph.ainvoke(question, config, context=context, interrupt_before=["learn"])
    assert await remembered(store) == []
    result = read_state(await graph.ainvoke(None, config, context=context))
    (record,) = await remembered(store)
    assert (result["experience"].learnt, len(record.evidence)) == ((record.key,), 1)
