"""Load fine-tuned models: complete models, or LoRA adapters with the base model they were trained on."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError, first_line
from codesteer.files import user_path
from codesteer.models.libraries import import_library, silence_libraries
from codesteer.models.pretrained import Pretrained, find_pretrained, load_tokenizer, load_weights
from codesteer.models.progress import Notify

METADATA_FILE = "codesteer.json"
TEMPLATE_FILE = "chat_template.jinja"
ADAPTER_CONFIG = "adapter_config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelMetadata:
    """The origin of a fine-tuned model, which is needed to load it."""

    base: str
    """The base model: a name in the model store, a path or a hub id."""
    fingerprint: str
    """The base model's fingerprint."""
    dialect: str = "codesteer"
    """The prompt format of its training."""
    labels: tuple[str, ...] = ()
    """The classes of a classifier, in the order of its outputs; empty for a model that writes."""


@dataclass(frozen=True, slots=True)
class FineTuned:
    """A model loaded into memory."""

    model: Any
    tokenizer: Any
    base: Pretrained
    """The model itself, or the base of its adapter."""
    labels: tuple[str, ...] = ()
    """The classes of a classifier; empty for a model that writes."""


def write_metadata(folder: Path, metadata: ModelMetadata) -> None:
    """Write the metadata to a model's folder."""
    (folder / METADATA_FILE).write_text(json.dumps(asdict(metadata), indent=2) + "\n", encoding="utf-8")


def read_metadata(folder: Path) -> ModelMetadata | None:
    """Read a model's metadata; None for models that were not trained by codesteer."""
    path = folder / METADATA_FILE
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return ModelMetadata(**values | {"labels": tuple(values.get("labels", ()))})
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{path} is not valid codesteer metadata: {error}; export the model again"
        ) from error


def is_adapter(folder: Path) -> bool:
    """Return whether a folder contains an adapter instead of a complete model."""
    return (folder / ADAPTER_CONFIG).is_file()


def load_fine_tuned(
    name: str,
    dtype: str,
    *,
    trainable: bool = False,
    base: Pretrained | None = None,
    notify: Notify = lambda line: None,
) -> FineTuned:
    """Load a model by name; an adapter is loaded with its base.

    Args:
        name: a folder, a name in the model store, or a hub id.
        dtype: ``fp32`` or ``bf16``.
        trainable: prepare an adapter's weights for further training.
        base: an adapter's base; by default the one named in its metadata.
        notify: called with progress messages.

    Raises:
        ConfigurationError: the model or its chat template is missing, or the adapter has another base.
    """
    silence_libraries()
    folder = user_path(name)
    labels = metadata.labels if (metadata := read_metadata(folder)) else ()
    if not is_adapter(folder):
        model = find_pretrained(name, notify)
        return FineTuned(
            load_weights(model.folder, dtype, labels), load_tokenizer(model.folder), model, labels
        )
    base = base or find_pretrained(_base_name(folder), notify)
    _require_same_base(folder, base)
    template = folder / TEMPLATE_FILE
    text = template.read_text(encoding="utf-8") if template.is_file() else None
    tokenizer = load_tokenizer(base.folder, text)
    weights = load_weights(base.folder, dtype, labels)
    return FineTuned(_with_adapter(folder, weights, trainable), tokenizer, base, labels)


def _base_name(folder: Path) -> str:
    if metadata := read_metadata(folder):
        return metadata.base
    name = json.loads((folder / ADAPTER_CONFIG).read_text(encoding="utf-8")).get("base_model_name_or_path")
    if not name:
        raise ConfigurationError(
            f"{folder / ADAPTER_CONFIG} names no base model; add base_model_name_or_path"
        )
    return str(name)


def _require_same_base(folder: Path, base: Pretrained) -> None:
    metadata = read_metadata(folder)
    if metadata is not None and metadata.fingerprint != base.fingerprint:
        raise ConfigurationError(
            f"{folder} is an adapter for {metadata.base} ({metadata.fingerprint}), "
            f"not for {base.name} ({base.fingerprint}); use its own base"
        )


def _with_adapter(folder: Path, model: Any, trainable: bool) -> Any:
    peft = import_library("peft")
    try:
        return peft.PeftModel.from_pretrained(model, str(folder), is_trainable=trainable)
    except (RuntimeError, ValueError, OSError) as error:
        raise ConfigurationError(f"{folder} is not an adapter for this base: {first_line(error)}") from error
