"""Artefacts: folders that are complete or absent, each with a card that records its provenance."""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from codesteer.errors import ConfigurationError
from codesteer.files import read_json, write_text_atomically
from codesteer.models.store import sha256_of
from codesteer.prompts.loader import prompts_hash
from codesteer.training.provenance import library_versions, source_hash, steering_version

Kind = Literal["trajectories", "conversations", "pairs", "base", "sft", "dpo", "export"]
CARD, README = "card.json", "README.md"
PARTIAL, LOCK = ".partial", ".lock"
CHECKPOINTS_FOLDER = "checkpoints"
"""Folder in which an unfinished training saves its state."""


class Parent(BaseModel):
    """An artefact that another one was made from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    name: str
    """Name of its folder, without the path, which differs between machines."""
    sha256: str


class Card(BaseModel):
    """What an artefact is, its provenance, and the hashes of its files."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    kind: Kind
    config: dict[str, Any]
    """All settings, seeds included."""
    counts: dict[str, Any]
    parents: tuple[Parent, ...] = ()
    created: str = Field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    version: str = Field(default_factory=lambda: version("codesteer"))
    source: str = Field(default_factory=source_hash)
    """Hash of the package's modules."""
    prompts: str = Field(default_factory=prompts_hash)
    steering: str = ""
    """Identifies the graph and the prompts of its trajectories; set when the card is written."""
    libraries: dict[str, str] = Field(default_factory=library_versions)
    files: dict[str, str] = {}
    """SHA-256 of each other file."""

    @property
    def sha256(self) -> str:
        """Hash of the artefact, over the names and hashes of its files."""
        listed = "".join(f"{name}\0{digest}\0" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(listed.encode()).hexdigest()


def partial_folder(target: Path) -> Path:
    """Return the folder in which an artefact is built before it gets its final name."""
    return target.with_name(target.name + PARTIAL)


@contextmanager
def claim(target: Path) -> Iterator[None]:
    """Lock an artefact's name against other commands for the duration of the block.

    The operating system releases the lock when the process ends, even after a crash.

    Raises:
        ConfigurationError: another command is making it, or it exists.
    """
    from filelock import FileLock, Timeout

    path = partial_folder(target).with_name(target.name + PARTIAL + LOCK)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigurationError(
            f"another command is writing to {target}; wait until it finishes, or choose another --out"
        ) from error
    try:
        require_absent(target)
        yield
    finally:
        path.unlink(missing_ok=True)  # while it is locked: nobody can have locked it again
        lock.release()


@contextmanager
def new_artefact(target: Path) -> Iterator[Path]:
    """Yield an empty folder for ``finish_artefact``; if that is not called, remove the folder.

    Raises:
        ConfigurationError: the target exists, or another command or an unfinished training writes to it.
    """
    with claim(target):
        folder = partial_folder(target)
        if (folder / CHECKPOINTS_FOLDER).exists():
            raise ConfigurationError(
                f"{folder} holds an unfinished training; choose another --out or remove it"
            )
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def require_absent(target: Path) -> None:
    """Raise ConfigurationError if the path exists."""
    if target.exists():
        raise ConfigurationError(f"{target} already exists; choose another --out or remove it")


def finish_artefact(folder: Path, target: Path, card: Card, without: Collection[str] = ()) -> Card:
    """Write the card with the hashes of all files, then move the folder to its final name; see ``write_card``."""
    card = write_card(folder, card, without)
    os.replace(folder, target)
    return card


def write_card(folder: Path, card: Card, without: Collection[str] = ()) -> Card:
    """Write README and card with the hashes of all other files; the card is written atomically.

    Args:
        folder: the folder of the artefact.
        card: the card, without the hashes.
        without: names of files and folders that are in the folder and no part of the artefact.
    """
    files = _hashes(folder, {CARD, README, *without})
    card = card.model_copy(update={"files": files, "steering": steering_version()})
    (folder / README).write_text(_readme(folder.name.removesuffix(PARTIAL), card), encoding="utf-8")
    write_text_atomically(folder / CARD, card.model_dump_json(indent=2) + "\n")
    return card


def load_card(folder: Path, *kinds: Kind) -> Card:
    """Read an artefact's card and verify the hashes of its files.

    Raises:
        ConfigurationError: an incomplete artefact, one of another kind, or one with modified files.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"no such folder: {folder}")
    if not (folder / CARD).is_file():
        raise ConfigurationError(f"{folder} is not a finished artefact (no {CARD}); run its command again")
    card = read_json(folder / CARD, TypeAdapter(Card), "card")
    if kinds and card.kind not in kinds:
        raise ConfigurationError(f"{folder} holds {card.kind}, but {' or '.join(kinds)} is needed here")
    for name, digest in card.files.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != digest:
            raise ConfigurationError(f"{folder / name} does not match the card; make the artefact again")
    return card


def load_current_card(folder: Path, *kinds: Kind) -> Card:
    """Read an artefact's card as ``load_card`` does; refuse trajectories of another graph or other prompts.

    Raises:
        ConfigurationError: see ``load_card``; or a guide trained on it would read conversations of another form.
    """
    card = load_card(folder, *kinds)
    if card.steering != steering_version():
        raise ConfigurationError(
            f"{folder} was recorded with another graph or other prompts ({card.steering or 'unknown'}, "
            f"now {steering_version()}); sample the trajectories again"
        )
    return card


def parent_of(folder: Path, card: Card) -> Parent:
    """Return an artefact as the parent of another."""
    return Parent(kind=card.kind, name=folder.resolve().name, sha256=card.sha256)


def _hashes(folder: Path, without: Collection[str]) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    names = {path: path.relative_to(folder) for path in paths}
    return {name.as_posix(): sha256_of(path) for path, name in names.items() if name.parts[0] not in without}


def _readme(name: str, card: Card) -> str:
    parents = [f"{one.kind} `{one.name}` ({one.sha256[:12]})" for one in card.parents]
    made = f"Made {card.created} by codesteer {card.version} (source {card.source}, prompts {card.prompts})"
    lines = [f"# {name}: {card.kind}", "", f"{made}.", f"Made from: {', '.join(parents) or 'nothing'}.", ""]
    sections: dict[str, Mapping[str, Any]] = {"Counts": card.counts, "Configuration": card.config}
    for title, values in sections.items():
        lines += [f"## {title}", "", "```json", json.dumps(values, indent=2, ensure_ascii=False), "```", ""]
    return "\n".join(lines)
