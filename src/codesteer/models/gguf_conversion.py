"""Convert a GGUF file of the model store to a folder that transformers can train."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from filelock import FileLock

from codesteer.errors import ModelFileError
from codesteer.models.libraries import import_library
from codesteer.models.progress import Notify
from codesteer.models.store import ModelFile, ModelStore, sha256_of

METADATA_FILE = "converted.json"
WEIGHTS_FILE = "model.safetensors"


def convert_for_training(store: ModelStore, model: ModelFile, notify: Notify) -> Path:
    """Return the folder of the dequantised model; the first use converts it, which takes a minute or two.

    Raises:
        ModelFileError: the GGUF file is incomplete, or cannot be converted.
        ConfigurationError: the training libraries are not installed.
    """
    folder = store.folder / "trainable" / model.name
    with FileLock(store.folder / f"{model.name}.convert.lock"):
        if not _is_converted(folder, model):
            path = store.require(model)
            notify(f"converting {path.name} for training; this is done once")
            _convert(path, folder, model)
    return folder


def _is_converted(folder: Path, model: ModelFile) -> bool:
    """Return whether the folder holds a complete conversion of this file; hash the weights only if they changed."""
    try:
        metadata = json.loads((folder / METADATA_FILE).read_text(encoding="utf-8"))
        weights = (folder / WEIGHTS_FILE).stat()
    except (FileNotFoundError, ValueError):
        return False
    if metadata["source"] != model.sha256:
        return False
    if metadata["mtime_ns"] == weights.st_mtime_ns and metadata["size"] == weights.st_size:
        return True
    return bool(sha256_of(folder / WEIGHTS_FILE) == metadata["sha256"])


def _convert(path: Path, folder: Path, model: ModelFile) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _dequantise(path, partial)
    except (ValueError, KeyError, RuntimeError) as error:
        raise ModelFileError(f"cannot convert {path}: {error}") from error
    weights = partial / WEIGHTS_FILE
    metadata = {
        "source": model.sha256,
        "sha256": sha256_of(weights),
        "size": weights.stat().st_size,
        "mtime_ns": weights.stat().st_mtime_ns,
    }
    (partial / METADATA_FILE).write_text(json.dumps(metadata), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)


def _dequantise(path: Path, target: Path) -> None:
    torch, transformers = import_library("torch"), import_library("transformers")
    import_library("gguf")
    source = {"gguf_file": path.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(path.parent), **source)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        str(path.parent),
        dtype=torch.bfloat16,
        quantization_config=transformers.GgufConfig(dequantize=True),
        **source,
    )
    _tie_embeddings(model)
    _set_generation_defaults(model, tokenizer)
    model.save_pretrained(str(target))
    tokenizer.save_pretrained(str(target))


def _tie_embeddings(model: Any) -> None:
    """Share input and output embeddings; the file holds both, and the output in the finer quantisation."""
    if model.get_output_embeddings() is None or model.config.model_type != "qwen2":
        return
    model.config.tie_word_embeddings = True
    model.get_input_embeddings().weight = model.get_output_embeddings().weight
    model.tie_weights()


def _set_generation_defaults(model: Any, tokenizer: Any) -> None:
    """Set what the GGUF file lacks: end-of-reply tokens, and the model family's chat template."""
    transformers = import_library("transformers")
    if model.config.model_type == "qwen2":
        tokenizer.chat_template = import_library("trl.chat_template_utils").qwen2_5_chat_template
    stop_tokens = sorted(
        {tokenizer.eos_token_id, *([tokenizer.pad_token_id] if tokenizer.pad_token_id else [])}
    )
    model.generation_config = transformers.GenerationConfig(
        bos_token_id=model.config.bos_token_id, pad_token_id=tokenizer.pad_token_id, eos_token_id=stop_tokens
    )
