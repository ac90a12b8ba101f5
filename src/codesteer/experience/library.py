"""Keep records and their evidence in a LangGraph store.

Every item is written once and never changed, unless it cannot be read: a record by its program's key, a piece of
evidence by its question and source. So runs side by side lose nothing of each other's, and a step that runs again after
a crash writes the same items. Reliability, templates and retirement are computed from what is there.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from langgraph.store.base import BaseStore, Item, SearchItem
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from codesteer.errors import StoreError, first_line
from codesteer.experience.record import (
    RECORD_VERSION,
    WEIGHTS,
    Evidence,
    Experience,
    Record,
    question_key,
    reads_question,
)
from codesteer.models.characters import valid_texts

RECORDS, EVIDENCE, PROGRESS = "records", "evidence", "progress"
"""The label after a namespace for its records, for their evidence, each under its record's key, and for the questions
of streams that are done."""
ROOT = "codesteer"
"""The first label of all namespaces of experience."""
PAGE = 100
MAX_RECORDS = 10_000
"""Records that are ranked by their words; a store with a semantic index has no such limit."""
MAX_EVIDENCE = 300
"""Pieces of evidence that are read for one record, the most telling first."""
MAX_REUSES, REUSE_PAGE = 10_000, 1000
"""Notes of reuse that are counted for one record, and that are read at once."""
SOURCES_OF_FINDINGS = sorted((source for source in WEIGHTS if WEIGHTS[source]), key=lambda one: -WEIGHTS[one])
"""The sources of evidence that say something about an answer, the strongest first."""
READER = "reads_question"
"""The field of a stored record that says whether its program reads its question."""
STORE_SECONDS = 10.0
"""A store that takes longer counts as down."""
Value = TypeVar("Value")


def library_namespace(labels: Sequence[str], user: str | None = None) -> tuple[str, ...]:
    """Return the namespace in the store: of one user, whose identity may hold any character, or of all."""
    owner = ("shared",) if user is None else ("users", hashlib.sha256(user.encode()).hexdigest()[:24])
    return (ROOT, *owner, *labels)


@dataclass(frozen=True, slots=True)
class Library:
    """The records of one namespace.

    The store's synchronous methods run in threads: every store has them, and they work from any event loop.
    """

    store: BaseStore
    namespace: tuple[str, ...]

    async def records_like(self, question: str) -> "Listing":
        """Return the records nearest to a question in meaning if the store can tell, else all in any order.

        Where there are too many, programs that read their question come first: the others carry over to no other
        question.

        Raises:
            StoreError: the store failed, or took too long.
        """
        namespace = (*self.namespace, RECORDS)
        nearest = await self._search(namespace, 0, query=question)
        if any(item.score is not None for item in nearest):
            readers = await self._search(namespace, 0, query=question, where={READER: True})
            return _read_records(_exactly_in(namespace, [*readers, *nearest]))
        found = await self._items(namespace, MAX_RECORDS)
        if len(found) >= MAX_RECORDS:
            readers = await self._items(namespace, MAX_RECORDS, {READER: True})
            found = list({item.key: item for item in (*readers, *found)}.values())[:MAX_RECORDS]
        return _read_records(found)

    async def all_records(self) -> "Listing":
        """Return all records; raises StoreError as ``records_like`` does."""
        return _read_records(await self._items((*self.namespace, RECORDS)))

    async def experience(self, record: Record) -> Experience:
        """Return a record with its most telling evidence; raises StoreError as ``records_like`` does."""
        namespace = (*self.namespace, EVIDENCE, record.key)
        found = await self._search(namespace, 0)
        if len(found) < PAGE:
            return Experience(record, _read_evidence(_exactly_in(namespace, found)))
        # Stores return the newest first: notes of reuse would hide what the record was verified on.
        pieces: tuple[Evidence, ...] = ()
        for source in SOURCES_OF_FINDINGS:
            left = MAX_EVIDENCE - len(pieces)
            pieces += _read_evidence(await self._items(namespace, left, {"source": source}))[:left]
        known = Experience(record, pieces)
        if known.is_labelled:
            return known  # only where there are no labels, reuses decide whether it is checked again
        reuses = await self._items(namespace, MAX_REUSES, {"source": "reuse"}, page=REUSE_PAGE)
        return Experience(record, (*pieces, *_read_evidence(reuses)))

    async def all_evidence(self, key: str) -> tuple[Evidence, ...]:
        """Return all evidence about a record; raises StoreError as ``records_like`` does."""
        return _read_evidence(await self._items((*self.namespace, EVIDENCE, key)))

    async def all_experiences(self, records: Iterable[Record]) -> list[Experience]:
        """Return records with all their evidence; raises StoreError as ``records_like`` does."""
        return [Experience(record, await self.all_evidence(record.key)) for record in records]

    async def experiences(self, records: Iterable[Record]) -> list[Experience]:
        """Return records with their evidence; raises StoreError as ``records_like`` does."""
        return [await self.experience(record) for record in records]

    async def add(self, record: Record, evidence: Sequence[Evidence]) -> bool:
        """Add a record, unless it is there already, and evidence; return whether the record was added.

        One that this version cannot read is replaced, unless a later version wrote it. Raises StoreError as
        ``records_like`` does.
        """
        # Evidence first: a record without any, after a crash in between, would be one that nothing supports.
        await self.add_evidence(record.key, evidence)
        item = await self._call(lambda: self.store.get((*self.namespace, RECORDS), record.key))
        if item is not None and (_read_records([item]).records or _is_of_later_version(item)):
            return False
        await self._put((RECORDS,), record.key, record)
        return True

    async def add_evidence(self, key: str, evidence: Iterable[Evidence]) -> None:
        """Add evidence about a record; raises StoreError as ``records_like`` does."""
        for piece in evidence:
            await self._put((EVIDENCE, key), f"{piece.question_key}-{piece.source}", piece)

    async def note_progress(self, question: str, **step: Any) -> None:
        """Note what came of a stream's question, so that no later command asks it again; raises StoreError.

        Args:
            question: the question's key.
            step: plain JSON.
        """
        await self._call(lambda: self.store.put((*self.namespace, PROGRESS), question, step, index=False))

    async def progress(self) -> dict[str, dict[str, Any]]:
        """Return what was noted, by question key; raises StoreError as ``records_like`` does."""
        found = await self._items((*self.namespace, PROGRESS))
        return {item.key: dict(item.value) for item in found}

    async def forget(self, key: str) -> bool:
        """Delete a record with its evidence, and return whether it was there; raises StoreError.

        Streams may ask its questions again.
        """
        namespace = (*self.namespace, EVIDENCE, key)
        item = await self._call(lambda: self.store.get((*self.namespace, RECORDS), key))
        evidence = await self._items(namespace)
        questions = {piece.question_key for piece in _read_evidence(evidence) if piece.source != "reuse"}
        if item is not None and (record := _parse(Record, item)) is not None:
            questions.add(question_key(record.question))
        await self._call(lambda: self.store.delete((*self.namespace, RECORDS), key))
        for piece in evidence:
            await self._call(partial(self.store.delete, namespace, piece.key))
        for question in questions:
            await self._call(partial(self.store.delete, (*self.namespace, PROGRESS), question))
        return item is not None

    async def _items(
        self,
        namespace: tuple[str, ...],
        limit: int | None = None,
        where: Mapping[str, Any] | None = None,
        page: int = PAGE,
    ) -> list[SearchItem]:
        """Return the items of a namespace, at most about the limit, without those of namespaces below it.

        Args:
            namespace: where they are.
            limit: how many at most; None: all.
            where: the values that their fields have.
            page: how many are read at once.
        """
        found: list[SearchItem] = []
        while limit is None or len(found) < limit:
            more = await self._search(namespace, len(found), where=where, page=page)
            found += more
            if len(more) < page:
                break
        # A page moves if another run writes in between, so that an item may be on two.
        return list({item.key: item for item in _exactly_in(namespace, found)}.values())

    async def _search(
        self,
        namespace: tuple[str, ...],
        offset: int,
        *,
        query: str | None = None,
        where: Mapping[str, Any] | None = None,
        page: int = PAGE,
    ) -> Sequence[SearchItem]:
        chosen = None if where is None else dict(where)
        return await self._call(
            lambda: self.store.search(namespace, query=query, filter=chosen, limit=page, offset=offset)
        )

    async def _put(self, labels: tuple[str, ...], key: str, value: Record | Evidence) -> None:
        namespace, plain = (*self.namespace, *labels), valid_texts(to_jsonable_python(value))
        index: Literal[False] | list[str] = False
        if isinstance(value, Record):
            index, plain[READER] = ["question"], value.program is not None and reads_question(value.program)
        await self._call(lambda: self.store.put(namespace, key, plain, index=index))

    async def _call(self, function: Callable[[], Value]) -> Value:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                return await asyncio.to_thread(function)
        except Exception as error:  # stores raise their database's errors
            reason = (
                f"no reply within {STORE_SECONDS:.0f} s"
                if isinstance(error, TimeoutError)
                else first_line(error)
            )
            raise StoreError(f"the store of experience failed: {reason}") from error


@dataclass(frozen=True, slots=True)
class Listing:
    """Records read from a store, and what could not be read."""

    records: tuple[Record, ...]
    unreadable: tuple[str, ...] = ()
    """Keys of items that are no records, or of another version."""


def _exactly_in(namespace: tuple[str, ...], items: Iterable[SearchItem]) -> list[SearchItem]:
    """Return the items of a namespace: stores also find those of namespaces below it."""
    return [item for item in items if tuple(item.namespace) == namespace]


def _read_records(items: Iterable[Item]) -> Listing:
    parsed = [(item.key, _parse(Record, item)) for item in items]
    records = {
        key: record
        for key, record in parsed
        if record is not None and record.version == RECORD_VERSION and record.key == key
    }
    return Listing(
        tuple(records.values()), tuple(dict.fromkeys(key for key, _ in parsed if key not in records))
    )


def _is_of_later_version(item: Item) -> bool:
    version = item.value.get("version")
    return isinstance(version, int) and version > RECORD_VERSION


def _read_evidence(items: Iterable[Item]) -> tuple[Evidence, ...]:
    pieces = (_parse(Evidence, item) for item in items)
    return tuple(piece for piece in pieces if piece is not None and piece.is_consistent)


def _parse(kind: type[Value], item: Item) -> Value | None:
    try:
        return parse_value(kind, item.value)
    except ValidationError:
        return None


def parse_value(kind: type[Value], value: Any) -> Value:
    """Parse a record or a piece of evidence from JSON; raises ValidationError."""
    parsed: Value = ADAPTERS[kind].validate_python(value)
    return parsed


ADAPTERS: Mapping[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Record, Evidence)}
