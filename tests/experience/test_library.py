"""Libraries keep records in any LangGraph store, and read only what is theirs."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.store.base import BaseStore, Op, PutOp, Result
from langgraph.store.memory import InMemoryStore
from pydantic_core import to_jsonable_python
from tests.experience.test_record import SKILL, piece
from tests.support.experience import DownStore

from codesteer.errors import StoreError
from codesteer.experience import library as module
from codesteer.experience.exchange import add_new
from codesteer.experience.library import Library
from codesteer.experience.record import RECORD_VERSION, Experience, Record, program_key, question_key

NAMESPACE = ("codesteer", "shared", "tests")
RECORD = Record(key=program_key(SKILL), mode="code", question="What is 1 plus 2?", answer="3", program=SKILL)


@pytest.fixture(params=["memory", "sqlite", "async sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    from langgraph.store.sqlite import SqliteStore
    from langgraph.store.sqlite.aio import AsyncSqliteStore

    if request.param == "memory":
        yield InMemoryStore()
    elif request.param == "sqlite":
        with SqliteStore.from_conn_string(str(tmp_path / "store.sqlite")) as opened:
            opened.setup()
            yield opened
    else:
        async with AsyncSqliteStore.from_conn_string(str(tmp_path / "store.sqlite")) as opened:
            await opened.setup()
            yield opened


async def test_what_is_added_is_read_back(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    await library.add(RECORD, [piece(1), piece(2, "wrong", "agreement")])
    listing = await library.all_records()
    assert listing.records == (RECORD,)
    experience = await library.experience(RECORD)
    assert {found.finding for found in experience.evidence} == {"right", "wrong"}


async def test_adding_twice_changes_nothing(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    for _ in range(2):
        await library.add(RECORD, [piece(1)])
    assert len((await library.all_records()).records) == 1
    assert len((await library.experience(RECORD)).evidence) == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 0, "key": RECORD.key, "x": 1},
        {},
        {"text": "hello"},
        {**to_jsonable_python(RECORD), "key": "other"},
        {**to_jsonable_python(RECORD), "version": RECORD_VERSION - 1},
        {**to_jsonable_python(RECORD), "version": "9"},
    ],
)
async def test_a_record_that_cannot_be_read_is_replaced(store: BaseStore, damage: dict[str, Any]) -> None:
    library = Library(store, NAMESPACE)
    await asyncio.to_thread(store.put, (*NAMESPACE, "records"), RECORD.key, damage)
    assert (await library.all_records()).unreadable == (RECORD.key,)
    assert await library.add(RECORD, [piece(1)])
    assert not await library.add(RECORD, [piece(1)])
    listing = await library.all_records()
    assert (listing.records, listing.unreadable) == ((RECORD,), ())


async def test_a_record_of_a_later_version_stays(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    later = {"version": RECORD_VERSION + 1, "key": RECORD.key, "x": 1}
    await asyncio.to_thread(store.put, (*NAMESPACE, "records"), RECORD.key, later)
    assert not await library.add(RECORD, [piece(1)])
    assert (await add_new([Experience(RECORD, (piece(2),))], library)).records == 0
    item = await asyncio.to_thread(store.get, (*NAMESPACE, "records"), RECORD.key)
    assert item is not None
    assert item.value == later


async def test_an_import_replaces_what_cannot_be_read_once(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    await asyncio.to_thread(store.put, (*NAMESPACE, "records"), RECORD.key, {"version": 0})
    imported = [Experience(RECORD, (piece(1),))]
    assert [(await add_new(imported, library)).records for _ in range(2)] == [1, 0]
    assert (await library.all_records()).records == (RECORD,)


async def test_runs_side_by_side_lose_nothing(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    await asyncio.gather(*(library.add(RECORD, [piece(number)]) for number in range(20)))
    assert len((await library.experience(RECORD)).evidence) == 20


async def test_namespaces_see_nothing_of_each_other(store: BaseStore) -> None:
    await Library(store, NAMESPACE).add(RECORD, [piece(1)])
    for other in (("codesteer", "shared"), (*NAMESPACE, "deeper"), ("codesteer", "shared", "test")):
        library = Library(store, other)
        assert (await library.all_records()).records == ()
        assert (await library.experience(RECORD)).evidence == ()


async def test_foreign_and_corrupt_items_are_named_and_skipped(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    await library.add(RECORD, [piece(1)])
    values: list[dict[str, Any]] = [{"text": "hello"}, {"key": 3}, {}, {"key": "k", "mode": "dance"}]
    for number, value in enumerate(values):
        await asyncio.to_thread(store.put, (*NAMESPACE, "records"), f"bad{number}", value)
        await asyncio.to_thread(store.put, (*NAMESPACE, "evidence", RECORD.key), f"bad{number}", value)
    newer = {"key": "newer", "mode": "code", "question": "?", "answer": "1", "version": 99}
    await asyncio.to_thread(store.put, (*NAMESPACE, "records"), "newer", newer)
    listing = await library.records_like(RECORD.question)
    assert listing.records == (RECORD,)
    assert sorted(listing.unreadable) == ["bad0", "bad1", "bad2", "bad3", "newer"]
    assert len((await library.experience(RECORD)).evidence) == 1


async def test_hundreds_of_records_are_all_found(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    for number in range(230):
        program = f"print({number})"
        await library.add(
            Record(key=program_key(program), mode="code", question="?", answer="1", program=program), []
        )
    assert len((await library.records_like("?")).records) == 230


async def test_forgetting_leaves_nothing(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    await library.add(RECORD, [piece(number) for number in range(130)])
    assert await library.forget(RECORD.key)
    assert not await library.forget(RECORD.key)
    assert (await library.all_records()).records == ()
    assert (await library.experience(RECORD)).evidence == ()


async def fill_with_reuses(store: BaseStore, count: int) -> None:
    """Note reuses as runs do, all at once."""
    place = (*NAMESPACE, "evidence", RECORD.key)
    writes = []
    for number in range(1000, 1000 + count):
        note = replace(piece(number, "unknown"), question=None, answer="", source="reuse")
        writes.append(PutOp(place, f"{note.question_key}-reuse", to_jsonable_python(note), False))
    await asyncio.to_thread(store.batch, writes)


@pytest.mark.parametrize("source", ["verifier", "agreement"])
async def test_a_skill_stays_one_however_often_it_is_reused(store: BaseStore, source: Any) -> None:
    library = Library(store, NAMESPACE)
    await library.add(RECORD, [piece(number, "right", source) for number in range(4)])
    before = await library.experience(RECORD)
    await fill_with_reuses(store, 450)
    after = await library.experience(RECORD)
    assert after.is_skill
    assert (after.questions, after.reliability) == (before.questions, before.reliability)
    assert after.reuses == (450 if source == "agreement" else 0), "only without labels they are counted"
    (whole,) = await library.all_experiences([RECORD])
    assert (len(whole.findings), whole.reuses) == (4, 450)


async def test_under_the_limit_labels_come_before_agreements(
    store: BaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_EVIDENCE", 120)
    library = Library(store, NAMESPACE)
    await library.add_evidence(RECORD.key, [piece(number, "right", "person") for number in range(110)])
    await library.add(RECORD, [piece(number, "wrong", "agreement") for number in range(200, 320)])
    found = (await library.experience(RECORD)).findings
    assert Counter(one.source for one in found) == {"person": 110, "agreement": 10}


async def test_under_the_limit_programs_that_read_their_question_come_first(
    store: BaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_RECORDS", 100)
    library = Library(store, NAMESPACE)
    examples = [
        Record(
            key=program_key(f"print({number})"),
            mode="code",
            question="?",
            answer="1",
            program=f"print({number})",
        )
        for number in range(110)
    ]
    for record in (*examples[:55], RECORD, *examples[55:]):
        await library.add(record, [])
    found = await library.records_like("?")
    assert RECORD in found.records
    assert len(found.records) == 100


async def test_forgetting_opens_the_questions_again(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    await library.add(RECORD, [piece(1), piece(2)])
    for number in (1, 2, 3):
        await library.note_progress(piece(number).question_key, status="learnt")
    await library.note_progress(question_key(RECORD.question), status="learnt")
    await library.forget(RECORD.key)
    assert list(await library.progress()) == [piece(3).question_key]


async def test_invalid_characters_can_be_stored(store: BaseStore) -> None:
    library = Library(store, NAMESPACE)
    record = Record(key="k", mode="text", question="What is \ud800?", answer="a\0b")
    await library.add(record, [])
    assert (await library.all_records()).records[0].answer == "a\N{REPLACEMENT CHARACTER}b"


class SlowStore(DownStore):
    """A store that hangs."""

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        import time

        time.sleep(1)
        return [[]]


async def test_a_store_that_is_down_is_named_in_one_line() -> None:
    with pytest.raises(StoreError, match=r"^the store of experience failed: connection refused$"):
        await Library(DownStore(), NAMESPACE).records_like("?")


async def test_a_store_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STORE_SECONDS", 0.1)
    with pytest.raises(StoreError, match="no reply within"):
        await Library(SlowStore(), NAMESPACE).all_records()


async def test_a_semantic_index_ranks_where_there_is_one() -> None:
    def embed(texts: list[str]) -> list[list[float]]:
        return [[float("cat" in text), float("dog" in text), 0.1] for text in texts]

    index: Any = {"dims": 3, "embed": embed, "fields": ["question"]}
    library = Library(InMemoryStore(index=index), NAMESPACE)
    for name in ("cat", "dog"):
        await library.add(Record(key=name, mode="text", question=f"A question on a {name}", answer="1"), [])
    assert (await library.records_like("the dog")).records[0].key == "dog"


async def test_a_semantic_index_finds_the_skill_behind_a_hundred_nearer_examples() -> None:
    def embed(texts: list[str]) -> list[list[float]]:
        return [[1.0, float(text != "near")] for text in texts]

    index: Any = {"dims": 2, "embed": embed, "fields": ["question"]}
    library = Library(InMemoryStore(index=index), NAMESPACE)
    await library.add(RECORD, [])
    for number in range(120):
        await library.add(Record(key=f"k{number}", mode="text", question="near", answer="1"), [])
    assert RECORD in (await library.records_like("near")).records
