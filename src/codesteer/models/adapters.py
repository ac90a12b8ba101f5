"""A fine-tuned model: whole, or an adapter that belongs to one base and to no other."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError, first_line
from codesteer.files import user_path
from codesteer.models.libraries import import_library, silence_libraries
from codesteer.models.pretrained import (
    Pretrained,
    Say,
    find_pretrained,
    load_tokenizer,
    load_weights,
)

NOTE = "codesteer.json"
TEMPLATE = "chat_template.jinja"
ADAPTER = "adapter_config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a fine-tuned model needs to know of its origin to be loaded."""

    base: str
    """Name of the model it was trained from: of the model store, a path or a hub id."""
    fingerprint: str
    """Of that model."""
    dialect: str = "codesteer"
    """The prompt format that it was trained on."""


@dataclass(frozen=True, slots=True)
class FineTuned:
    """A model in memory."""

    model: Any
    tokenizer: Any
    base: Pretrained
    """The model itself, or the one that its adapter belongs to."""


def write_note(folder: Path, note: Note) -> None:
    """Put the note beside a model."""
    (folder / NOTE).write_text(json.dumps(asdict(note), indent=2) + "\n", encoding="utf-8")


def read_note(folder: Path) -> Note | None:
    """Read a model's note; None where there is none, as with models of others."""
    path = folder / NOTE
    if not path.is_file():
        return None
    try:
        return Note(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ConfigurationError(f"{path} is no note of codesteer: {error}") from error


def is_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter and not a whole model."""
    return (folder / ADAPTER).is_file()


def load_fine_tuned(
    name: str,
    dtype: str,
    *,
    trainable: bool = False,
    base: Pretrained | None = None,
    say: Say = lambda line: None,
) -> FineTuned:
    """Load a model by name; an adapter together with its base.

    Args:
        name: a folder, a name of the model store, or a hub id.
        dtype: ``fp32`` or ``bf16``.
        trainable: whether an adapter's weights are to be trained further.
        base: the base to use; without one the adapter's note says which.
        say: told about what takes long.

    Raises:
        ConfigurationError: no model, no chat template, or an adapter of another base.
    """
    silence_libraries()
    folder = user_path(name)
    if not is_adapter(folder):
        found = find_pretrained(name, say)
        return FineTuned(load_weights(found.folder, dtype), load_tokenizer(found.folder), found)
    found = base or find_pretrained(_base_name(folder), say)
    _require_same_base(folder, found)
    template = folder / TEMPLATE
    text = template.read_text(encoding="utf-8") if template.is_file() else None
    tokenizer = load_tokenizer(found.folder, text)
    return FineTuned(_with_adapter(folder, load_weights(found.folder, dtype), trainable), tokenizer, found)


def _base_name(folder: Path) -> str:
    if note := read_note(folder):
        return note.base
    name = json.loads((folder / ADAPTER).read_text(encoding="utf-8")).get("base_model_name_or_path")
    if not name:
        raise ConfigurationError(f"{folder / ADAPTER} does not say which model the adapter belongs to")
    return str(name)


def _require_same_base(folder: Path, base: Pretrained) -> None:
    note = read_note(folder)
    if note is not None and note.fingerprint != base.fingerprint:
        raise ConfigurationError(
            f"{folder} is an adapter for {note.base} ({note.fingerprint}), "
            f"not for {base.name} ({base.fingerprint}); give its own base"
        )


def _with_adapter(folder: Path, model: Any, trainable: bool) -> Any:
    peft = import_library("peft")
    try:
        return peft.PeftModel.from_pretrained(model, str(folder), is_trainable=trainable)
    except (RuntimeError, ValueError, OSError) as error:
        raise ConfigurationError(f"{folder} is no adapter for this base: {first_line(error)}") from error
