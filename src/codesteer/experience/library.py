"""Keep records and their evidence in a LangGraph store.

Every item is written once and never changed: a record by its program's key, a piece of evidence by its question and
source. So runs side by side lose nothing of each other's, and a step that runs again after a crash writes the same
items. Reliability, templates and retirement are computed from what is there.
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
from codesteer.experience.record import RECORD_VERSION, Evidence, Experience, Record
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
"""Pieces of evidence that are read for one record."""
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

        Raises:
            StoreError: the store failed, or took too long.
        """
        namespace = (*self.namespace, RECORDS)
        nearest = await self._search(namespace, question, 0)
        if any(item.score is not None for item in nearest):
            return _read_records(_exactly_in(namespace, nearest))
        return _read_records(await self._items(namespace, MAX_RECORDS))

    async def all_records(self) -> "Listing":
        """Return all records; raises StoreError as ``records_like`` does."""
        return _read_records(await self._items((*self.namespace, RECORDS)))

    async def experience(self, record: Record) -> Experience:
        """Return a record with its evidence; raises StoreError as ``records_like`` does."""
        found = await self._items((*self.namespace, EVIDENCE, record.key), MAX_EVIDENCE)
        pieces = (_parse(Evidence, item) for item in found)
        return Experience(
            record, tuple(piece for piece in pieces if piece is not None and piece.is_consistent)
        )

    async def experiences(self, records: Iterable[Record]) -> list[Experience]:
        """Return records with their evidence; raises StoreError as ``records_like`` does."""
        return [await self.experience(record) for record in records]

    async def add(self, record: Record, evidence: Sequence[Evidence]) -> None:
        """Add a record, unless it is there already, and evidence; raises StoreError as ``records_like`` does."""
        # Evidence first: a record without any, after a crash in between, would be one that nothing supports.
        await self.add_evidence(record.key, evidence)
        if await self._call(lambda: self.store.get((*self.namespace, RECORDS), record.key)) is None:
            await self._put((RECORDS,), record.key, record)

    async def add_evidence(self, key: str, evidence: Iterable[Evidence]) -> None:
        """Add evidence about a record; raises StoreError as ``records_like`` does."""
        for piece in evidence:
            await self._put((EVIDENCE, key), f"{piece.question_key}-{piece.source}", piece)

    async def note_progress(self, key: str, **step: Any) -> None:
        """Note what came of a stream's question, so that no later command asks it again; raises StoreError."""
        await self._call(lambda: self.store.put((*self.namespace, PROGRESS), key, step, index=False))

    async def progress(self) -> dict[str, dict[str, Any]]:
        """Return what was noted, by question key; raises StoreError as ``records_like`` does."""
        found = await self._items((*self.namespace, PROGRESS))
        return {item.key: dict(item.value) for item in found}

    async def forget(self, key: str) -> bool:
        """Delete a record with its evidence, and return whether it was there; raises StoreError."""
        namespace = (*self.namespace, EVIDENCE, key)
        there = await self._call(lambda: self.store.get((*self.namespace, RECORDS), key))
        await self._call(lambda: self.store.delete((*self.namespace, RECORDS), key))
        for item in await self._items(namespace):
            await self._call(partial(self.store.delete, namespace, item.key))
        return there is not None

    async def _items(self, namespace: tuple[str, ...], limit: int | None = None) -> list[SearchItem]:
        """Return the items of a namespace, at most about the limit, without those of namespaces below it."""
        found: list[SearchItem] = []
        while limit is None or len(found) < limit:
            page = await self._search(namespace, None, len(found))
            found += page
            if len(page) < PAGE:
                break
        return _exactly_in(namespace, found)

    async def _search(
        self, namespace: tuple[str, ...], query: str | None, offset: int
    ) -> Sequence[SearchItem]:
        return await self._call(lambda: self.store.search(namespace, query=query, limit=PAGE, offset=offset))

    async def _put(self, labels: tuple[str, ...], key: str, value: Record | Evidence) -> None:
        namespace, plain = (*self.namespace, *labels), valid_texts(to_jsonable_python(value))
        index: Literal[False] | list[str] = ["question"] if isinstance(value, Record) else False
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
    return Listing(tuple(records.values()), tuple(key for key, _ in parsed if key not in records))


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
