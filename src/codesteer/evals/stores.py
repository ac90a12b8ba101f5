"""The stores of experience of a run: what is in the given one, and the ones that a stream fills."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from langgraph.store.base import Item

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.names import method_slug, uses_experience
from codesteer.evals.plan import Plan, UsedStore
from codesteer.experience.library import EVIDENCE, RECORDS, Library, library_namespace
from codesteer.experience.record import Experience, question_key
from codesteer.experience.store_file import open_store_file, read_store_file
from codesteer.files import write_bytes_atomically
from codesteer.graph.context import namespace_error
from codesteer.graph.sync import run_blocking
from codesteer.nodes.runtime import EMBEDDED_MODEL

if TYPE_CHECKING:
    from codesteer.evals.engine.given_store import GivenStore

STREAM_FOLDER = "experience"
"""Folder of a stream's stores, one for each method."""
MAX_ITEMS = 10_000_000
"""More than any store holds: all items are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreContent:
    """Everything in a store's namespace, also what this version cannot read."""

    records: Sequence[Item]
    evidence: Sequence[Item]

    @property
    def digest(self) -> str:
        """Hash of all keys; items never change."""
        keys = sorted("/".join([*item.namespace, item.key]) for item in (*self.records, *self.evidence))
        return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]

    @property
    def question_keys(self) -> set[str]:
        """The keys of all questions that records and evidence are about."""
        first = {question_key(str(item.value.get("question", ""))) for item in self.records}
        return first | {str(item.value.get("question_key")) for item in self.evidence}


def read_content(file: Path, namespace: tuple[str, ...]) -> StoreContent:
    """Return all items of a store's namespace.

    Raises:
        ConfigurationError: the file is not a store.
    """
    with open_store_file(file, read_only=True) as store:
        records, evidence = (
            store.search((*library_namespace(namespace), kind), limit=MAX_ITEMS)
            for kind in (RECORDS, EVIDENCE)
        )
    return StoreContent(records=records, evidence=evidence)


def describe_store(file: Path | None, namespace: tuple[str, ...]) -> UsedStore:
    """Return what identifies a store's content; without a file, that of an empty store.

    Raises:
        ConfigurationError: the namespace is invalid, or the file is not a store.
    """
    _require_namespace(namespace)
    content = read_content(file, namespace) if file else StoreContent(records=(), evidence=())
    return UsedStore(namespace=namespace, records=len(content.records), digest=content.digest, file=file)


def _require_namespace(namespace: tuple[str, ...]) -> None:
    if not namespace:
        raise ConfigurationError("--namespace needs at least one label, such as 'default'")
    if error := namespace_error(namespace):
        raise ConfigurationError(f"--namespace: {error}")


def read_experiences(file: Path, namespace: tuple[str, ...]) -> list[Experience]:
    """Return all records of a store's namespace with their evidence.

    Raises:
        ConfigurationError: the file is not a store.
        StoreError: the store cannot be read.
    """
    with open_store_file(file, read_only=True) as store:
        library = Library(store, library_namespace(namespace))

        async def read() -> list[Experience]:
            return await library.all_experiences((await library.all_records()).records)

        return run_blocking(read)


@contextmanager
def open_stores(plan: Plan, folder: Path) -> Iterator[Mapping[str, "GivenStore"]]:
    """Open the store of each method with experience: the given one, read-only, or the method's own in a stream."""
    from codesteer.evals.engine.given_store import GivenStore

    stores: dict[str, GivenStore] = {}
    with ExitStack() as stack:
        if used := plan.experience:
            for method in filter(uses_experience, plan.methods):
                file = _store_file(plan, used, folder, method)
                stores[method] = GivenStore(
                    store=stack.enter_context(open_store_file(file, read_only=not plan.stream)),
                    namespace=used.namespace,
                    learn=plan.stream,
                    embedded=plan.model == EMBEDDED_MODEL,
                )
        yield stores


def _store_file(plan: Plan, used: UsedStore, folder: Path, method: str) -> Path:
    """Return the file of a method's store; a stream's own one is at first a copy of the given one."""
    if used.file is not None and not plan.stream:
        return used.file
    own = stream_store(folder, method)
    if used.file is not None and not own.exists():
        own.parent.mkdir(exist_ok=True)
        write_bytes_atomically(own, read_store_file(used.file))
    return own


def stream_store(folder: Path, method: str) -> Path:
    """Return the file of the store that a method fills in a stream."""
    return folder / STREAM_FOLDER / f"{method_slug(method)}.sqlite"
