"""Identify a model by what its files hold: a file can be replaced, moved, or share its name with another."""

import hashlib
from functools import lru_cache
from pathlib import Path

from codesteer.files import user_path
from codesteer.models.address import IN_PROCESS_PREFIX
from codesteer.models.endpoint import is_loaded_in_process, model_paths
from codesteer.models.store import MODEL_FILES, sha256_of

WEIGHTS = (".safetensors", ".bin")
KEPT_DIGESTS = 64
SHOWN_DIGITS = 8


def model_content(name: str) -> str:
    """Return what identifies the content of a model that this process loads from the user's files.

    It is the same for a copy of the files anywhere. All bytes count: size and time of a file change with a copy, and
    stay the same for another file with the right attributes. A gigabyte takes a few seconds, once in a process.

    Returns:
        The SHA-256 of the file, and of the adapter if there is one, or of the weights in an ``hf:`` folder; empty for
        ``local``, for models of the hub and for those that other servers hold.

    Raises:
        ModelFileError: a file is missing or cannot be read.
    """
    if name.startswith(IN_PROCESS_PREFIX):
        return _weights(user_path(name.removeprefix(IN_PROCESS_PREFIX).partition("#")[0]))
    if name == "local" or not is_loaded_in_process(name):
        return ""
    paths = model_paths(name)
    known = next((model.sha256 for model in MODEL_FILES.values() if model.name == paths.known), None)
    adapter = [_digest_of(paths.adapter)] if paths.adapter else []
    return "+".join([known or _digest_of(paths.base), *adapter])


def _weights(folder: Path) -> str:
    """Hash a folder's weight files; empty if there are none."""
    files = sorted(file for file in folder.glob("*") if file.suffix in WEIGHTS)
    listed = "\n".join(f"{file.name} {_digest_of(file)}" for file in files)
    return hashlib.sha256(listed.encode()).hexdigest() if files else ""


def _digest_of(path: Path) -> str:
    stat = path.stat() if path.exists() else None
    return _digest(path, *((stat.st_size, stat.st_mtime_ns) if stat else (0, 0)))


@lru_cache(maxsize=KEPT_DIGESTS)
def _digest(path: Path, size: int, changed: int) -> str:
    """Hash a file; again if its size or time has changed."""
    del size, changed
    return sha256_of(path)


def shown_content(content: str) -> str:
    """Return the first digits of each hash of a content, for people."""
    return "+".join(digest[:SHOWN_DIGITS] for digest in content.split("+"))
