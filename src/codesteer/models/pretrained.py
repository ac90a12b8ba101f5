"""A model that transformers can load and train: found by name, told apart by a fingerprint."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError, first_line
from codesteer.files import user_path
from codesteer.models.libraries import import_library
from codesteer.models.store import MODEL_FILES, ModelStore
from codesteer.settings import Settings

WEIGHTS = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
SAMPLE = 1 << 20
"""Bytes of a weight file's beginning and end that go into the fingerprint."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A model's folder."""

    name: str
    """As it was asked for: a name of the model store, a path or a hub id."""
    folder: Path
    fingerprint: str
    """Tells one model's weights from another's; see ``fingerprint``."""


def find_pretrained(name: str, say: Say = lambda line: None) -> Pretrained:
    """Find a model's folder; one of the model store is converted first, one of the hub is downloaded.

    Args:
        name: a name of ``codesteer models list``, a folder, or a hub id.
        say: told about what takes long.

    Raises:
        ConfigurationError: there is no such model, or its folder holds none.
        ModelFileError: the model store has no whole file of it.
    """
    if name in MODEL_FILES:
        from codesteer.models.convert import trainable_folder

        store = ModelStore(Settings.from_environment().model_dir)
        folder = trainable_folder(store, MODEL_FILES[name], say)
    elif _looks_like_path(name):
        folder = user_path(name)
    else:
        folder = _download(name, say)
    if not (folder / "config.json").is_file():
        raise ConfigurationError(f"{name} holds no model (no config.json)")
    return Pretrained(name, folder, fingerprint(folder))


def fingerprint(folder: Path) -> str:
    """Hash a model's configuration and, of each weight file, name, size, beginning and end."""
    digest = hashlib.sha256(_architecture(folder).encode())
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        digest.update(f"{path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            digest.update(file.read(SAMPLE))
            file.seek(max(0, size - SAMPLE))
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()[:16]


def load_tokenizer(folder: Path, template: str | None = None) -> Any:
    """Load a tokenizer.

    Args:
        folder: the model's folder.
        template: a chat template's text, which replaces the model's own.

    Raises:
        ConfigurationError: the folder has no tokenizer, or there is no chat template at all.
    """
    try:
        tokenizer = import_library("transformers").AutoTokenizer.from_pretrained(str(folder))
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{folder} holds no tokenizer: {first_line(error)}") from error
    if template is not None:
        tokenizer.chat_template = template
    if not tokenizer.chat_template:
        raise ConfigurationError(
            f"{folder} has no chat template, and a guide needs one; take an instruct model, "
            "or set chat_template in the recipe"
        )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_weights(folder: Path, dtype: str) -> Any:
    """Load a causal language model; ``dtype`` is ``fp32`` or ``bf16``.

    Raises:
        ConfigurationError: the folder holds no model that transformers can load.
    """
    torch, transformers = import_library("torch"), import_library("transformers")
    types = {"fp32": torch.float32, "bf16": torch.bfloat16}
    try:
        return transformers.AutoModelForCausalLM.from_pretrained(str(folder), dtype=types[dtype])
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"{folder} holds no model that can be loaded: {first_line(error)}"
        ) from error


def _looks_like_path(name: str) -> bool:
    return os.path.isdir(user_path(name)) or name.startswith((".", "/", "~")) or name.count("/") != 1


def _download(name: str, say: Say) -> Path:
    from huggingface_hub import snapshot_download

    say(f"looking for {name} on the Hugging Face hub")
    try:
        return Path(snapshot_download(name, allow_patterns=list(WEIGHTS)))
    except Exception as error:
        # The hub's client lets the exceptions of its HTTP library through, whichever that is.
        raise ConfigurationError(
            f"{name} is neither a folder nor a model that the Hugging Face hub gives: {first_line(error)}"
        ) from error


def _architecture(folder: Path) -> str:
    """The configuration without what only says where and by which version it was written."""
    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    passing = ("_name_or_path", "transformers_version", "torch_dtype", "dtype", "use_cache")
    return json.dumps({key: value for key, value in values.items() if key not in passing}, sort_keys=True)
