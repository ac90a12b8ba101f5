"""From a GGUF file of the model store to a folder that transformers can train; done once."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from filelock import FileLock

from codesteer.errors import ModelFileError
from codesteer.models.download import Say
from codesteer.models.libraries import import_library
from codesteer.models.store import ModelFile, ModelStore, sha256_of

NOTE = "converted.json"
WEIGHTS = "model.safetensors"


def trainable_folder(store: ModelStore, model: ModelFile, say: Say) -> Path:
    """Return the folder of the dequantised model, converting it on first use (a minute or two).

    Raises:
        ModelFileError: the GGUF file is not whole, or cannot be converted.
        ConfigurationError: the training libraries are not installed.
    """
    folder = store.folder / "trainable" / model.name
    with FileLock(store.folder / f"{model.name}.convert.lock"):
        if not _is_whole(folder, model):
            path = store.require(model)
            say(f"converting {path.name} for training, once")
            _convert(path, folder, model)
    return folder


def _is_whole(folder: Path, model: ModelFile) -> bool:
    """Whether the folder is a finished conversion of this very file; hashes a gigabyte only after a change."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        weights = (folder / WEIGHTS).stat()
    except (FileNotFoundError, ValueError):
        return False
    if note["source"] != model.sha256:
        return False
    if note["mtime_ns"] == weights.st_mtime_ns and note["size"] == weights.st_size:
        return True
    return bool(sha256_of(folder / WEIGHTS) == note["sha256"])


def _convert(path: Path, folder: Path, model: ModelFile) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _dequantise(path, partial)
    except (ValueError, KeyError, RuntimeError) as error:
        raise ModelFileError(f"{path} cannot be converted: {error}") from error
    weights = partial / WEIGHTS
    note = {
        "source": model.sha256,
        "sha256": sha256_of(weights),
        "size": weights.stat().st_size,
        "mtime_ns": weights.stat().st_mtime_ns,
    }
    (partial / NOTE).write_text(json.dumps(note), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)


def _dequantise(path: Path, target: Path) -> None:
    torch, transformers = import_library("torch"), import_library("transformers")
    import_library("gguf")
    place = {"gguf_file": path.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(path.parent), **place)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        str(path.parent),
        dtype=torch.bfloat16,
        quantization_config=transformers.GgufConfig(dequantize=True),
        **place,
    )
    _tie(model)
    _settle(model, tokenizer)
    model.save_pretrained(str(target))
    tokenizer.save_pretrained(str(target))


def _tie(model: Any) -> None:
    """Share embedding and output weights again: the file holds both, the output in the finer quantisation."""
    if model.get_output_embeddings() is None or model.config.model_type != "qwen2":
        return
    model.config.tie_word_embeddings = True
    model.get_input_embeddings().weight = model.get_output_embeddings().weight
    model.tie_weights()


def _settle(model: Any, tokenizer: Any) -> None:
    """Set what a GGUF file does not say: where a reply ends, and the family's own chat template."""
    transformers = import_library("transformers")
    if model.config.model_type == "qwen2":
        tokenizer.chat_template = import_library("trl.chat_template_utils").qwen2_5_chat_template
    ends = sorted({tokenizer.eos_token_id, *([tokenizer.pad_token_id] if tokenizer.pad_token_id else [])})
    model.generation_config = transformers.GenerationConfig(
        bos_token_id=model.config.bos_token_id, pad_token_id=tokenizer.pad_token_id, eos_token_id=ends
    )
