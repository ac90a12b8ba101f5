"""``codesteer train export``: a trained guide as a merged model, or as an adapter for llama.cpp."""

from pathlib import Path
from typing import Any, Literal

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.models.adapters import is_adapter, load_fine_tuned, read_metadata, write_metadata
from codesteer.models.libraries import import_library
from codesteer.models.pretrained import find_pretrained
from codesteer.models.progress import Notify
from codesteer.training.artefact import Card, finish_artefact, load_card, new_artefact, parent_of
from codesteer.training.gguf_adapter import write_gguf_adapter

Form = Literal["merged", "gguf-adapter"]
FORMS: dict[str, Form] = {"merged": "merged", "gguf-adapter": "gguf-adapter"}
ADAPTER_FILE = "adapter.gguf"


def export(model: Path, out: Path, form: Form, notify: Notify = lambda line: None) -> Card:
    """Export a trained guide in a format that other software serves.

    Args:
        model: the result of ``codesteer train sft`` or ``dpo``.
        out: the output folder.
        form: ``merged``, a complete model in bf16 for transformers, vLLM and other servers of safetensors, or
            ``gguf-adapter``, a LoRA file that llama.cpp applies to a GGUF file of the same base.
        notify: called with progress messages.

    Raises:
        ConfigurationError: not a finished model, an unsupported adapter, or the output exists.
        TrainingError: merging gave non-finite numbers.
    """
    card = load_card(model, "sft", "dpo")
    metadata = read_metadata(model)
    if metadata is None:
        raise ConfigurationError(f"{model} does not name its base; train it again")
    with new_artefact(out) as folder:
        if form == "merged":
            _merge(model, folder, notify)
        else:
            _write_adapter(model, folder, notify)
        write_metadata(folder, metadata)
        config = {"form": form, "base": metadata.base}
        made = Card(kind="export", config=config, counts=card.counts, parents=(parent_of(model, card),))
        return finish_artefact(folder, out, made)


def _merge(model: Path, folder: Path, notify: Notify) -> None:
    torch = import_library("torch")
    tuned = load_fine_tuned(str(model), "fp32", notify=notify)
    whole: Any = tuned.model
    if is_adapter(model):
        notify("merging the adapter into its base")
        try:
            whole = whole.merge_and_unload(safe_merge=True)
        except ValueError as error:
            raise TrainingError(f"{model} cannot be merged: its training has diverged: {error}") from error
    whole.to(torch.bfloat16).save_pretrained(str(folder))
    tuned.tokenizer.save_pretrained(str(folder))


def _write_adapter(model: Path, folder: Path, notify: Notify) -> None:
    if not is_adapter(model):
        raise ConfigurationError(
            f"{model} is a complete model without an adapter; export it with --form merged"
        )
    metadata = read_metadata(model)
    if metadata and metadata.labels:
        raise ConfigurationError(
            f"{model} is a classifier, which llama.cpp does not serve; export it with --form merged"
        )
    base = find_pretrained(metadata.base if metadata else str(model), notify)
    write_gguf_adapter(model, base.folder, folder / ADAPTER_FILE)
