"""Find and load models for transformers, and identify them by a fingerprint."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError, first_line
from codesteer.files import user_path
from codesteer.models.libraries import import_library
from codesteer.models.progress import Notify
from codesteer.models.store import MODEL_FILES, ModelStore
from codesteer.settings import Settings

DOWNLOAD_PATTERNS = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
SAMPLE_SIZE = 1 << 20
"""Bytes at the beginning and end of a weight file that the fingerprint covers."""


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A model in a folder."""

    name: str
    """As requested: a name in the model store, a path or a hub id."""
    folder: Path
    fingerprint: str
    """Identifies the weights; see ``fingerprint``."""


def find_pretrained(name: str, notify: Notify = lambda line: None) -> Pretrained:
    """Find a model's folder; convert a model of the model store, download a model of the hub.

    Args:
        name: a name listed by ``codesteer models list``, a folder, or a hub id.
        notify: called with progress messages.

    Raises:
        ConfigurationError: there is no such model, or the folder contains none.
        ModelFileError: the file in the model store is missing or incomplete.
    """
    if name in MODEL_FILES:
        from codesteer.models.gguf_conversion import convert_for_training

        store = ModelStore(Settings.from_environment().model_dir)
        folder = convert_for_training(store, MODEL_FILES[name], notify)
    elif _looks_like_path(name):
        folder = user_path(name)
    else:
        folder = _download(name, notify)
    if not (folder / "config.json").is_file():
        raise ConfigurationError(
            f"{name} contains no model (no config.json); use a folder in Hugging Face format"
        )
    return Pretrained(name, folder, fingerprint(folder))


def fingerprint(folder: Path) -> str:
    """Hash a model's configuration, and the name, size, beginning and end of each weight file."""
    digest = hashlib.sha256(_architecture(folder).encode())
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        digest.update(f"{path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            digest.update(file.read(SAMPLE_SIZE))
            file.seek(max(0, size - SAMPLE_SIZE))
            digest.update(file.read(SAMPLE_SIZE))
    return digest.hexdigest()[:16]


def load_tokenizer(folder: Path, template: str | None = None) -> Any:
    """Load a tokenizer.

    Args:
        folder: the model's folder.
        template: a chat template that replaces the model's own.

    Raises:
        ConfigurationError: the tokenizer or the chat template is missing.
    """
    try:
        tokenizer = import_library("transformers").AutoTokenizer.from_pretrained(str(folder))
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"{folder} contains no tokenizer that can be loaded: {first_line(error)}"
        ) from error
    if template is not None:
        tokenizer.chat_template = template
    if not tokenizer.chat_template:
        raise ConfigurationError(
            f"{folder} has no chat template, which a guide needs; use an instruct model, "
            "or set chat_template in the recipe"
        )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_weights(folder: Path, dtype: str, labels: Sequence[str] = ()) -> Any:
    """Load a causal language model, or a classifier.

    Args:
        folder: the model's folder.
        dtype: ``fp32`` or ``bf16``.
        labels: the classes of a classifier; its head is new if the folder has none.

    Raises:
        ConfigurationError: transformers cannot load the model.
    """
    torch, transformers = import_library("torch"), import_library("transformers")
    types = {"fp32": torch.float32, "bf16": torch.bfloat16}
    classifier = {"num_labels": len(labels), "id2label": dict(enumerate(labels))} if labels else {}
    kind = transformers.AutoModelForSequenceClassification if labels else transformers.AutoModelForCausalLM
    verbosity = transformers.utils.logging.get_verbosity()
    if labels:
        transformers.utils.logging.set_verbosity_error()  # a new head is reported as missing weights
    try:
        return kind.from_pretrained(str(folder), dtype=types[dtype], **classifier)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"{folder} contains no model that can be loaded: {first_line(error)}"
        ) from error
    finally:
        transformers.utils.logging.set_verbosity(verbosity)


def _looks_like_path(name: str) -> bool:
    return os.path.isdir(user_path(name)) or name.startswith((".", "/", "~")) or name.count("/") != 1


def _download(name: str, notify: Notify) -> Path:
    from huggingface_hub import snapshot_download

    notify(f"looking for {name} on the Hugging Face hub")
    try:
        return Path(snapshot_download(name, allow_patterns=list(DOWNLOAD_PATTERNS)))
    except Exception as error:
        # The hub's client does not wrap the exceptions of its HTTP library.
        raise ConfigurationError(
            f"{name} is neither a folder nor a model on the Hugging Face hub: {first_line(error)}"
        ) from error


def _architecture(folder: Path) -> str:
    """Return the configuration without paths and library versions."""
    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    ignored = ("_name_or_path", "transformers_version", "torch_dtype", "dtype", "use_cache")
    return json.dumps({key: value for key, value in values.items() if key not in ignored}, sort_keys=True)
