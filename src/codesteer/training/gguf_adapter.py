"""A LoRA adapter as a GGUF file, which llama.cpp applies to a GGUF base model (``--lora``)."""

import json
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.models.libraries import import_library

ARCHITECTURES = {"qwen2": "QWEN2", "llama": "LLAMA"}
UNSUPPORTED = ("use_dora", "modules_to_save", "rank_pattern", "alpha_pattern", "lora_bias")
"""PEFT settings that GGUF adapters cannot express."""


def write_gguf_adapter(adapter: Path, base: Path, out: Path) -> int:
    """Write the file; return its number of tensors.

    Args:
        adapter: folder of a PEFT LoRA adapter.
        base: folder of its base model.
        out: the GGUF file.

    Raises:
        ConfigurationError: an unsupported architecture or kind of adapter.
    """
    gguf, safetensors = import_library("gguf"), import_library("safetensors")
    config, model = (_read(adapter / "adapter_config.json"), _read(base / "config.json"))
    _require_plain(config, model)
    architecture = gguf.MODEL_ARCH[ARCHITECTURES[model["model_type"]]]
    names = gguf.get_tensor_name_map(architecture, model["num_hidden_layers"])
    writer = gguf.GGUFWriter(str(out), gguf.MODEL_ARCH_NAMES[architecture])
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", _alpha(config))
    count = 0
    with safetensors.safe_open(str(adapter / "adapter_model.safetensors"), "np") as file:
        for key in sorted(file.keys()):
            module, part = _module_of(key)
            name = names.get_name(f"{module}.weight", try_suffixes=(".weight",))
            if name is None:
                raise ConfigurationError(
                    f"llama.cpp does not know the layer {module}; the adapter cannot be exported"
                )
            writer.add_tensor(f"{name}.lora_{part}", _arranged(file.get_tensor(key), module, part, model))
            count += 1
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return count


def _require_plain(config: dict[str, Any], model: dict[str, Any]) -> None:
    if model["model_type"] not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ConfigurationError(
            f"GGUF adapters support only {known}, not {model['model_type']}; use --form merged"
        )
    used = [name for name in UNSUPPORTED if config.get(name)]
    if config.get("peft_type") != "LORA" or used:
        raise ConfigurationError(
            f"GGUF adapters support only plain LoRA, not {', '.join(used) or 'this kind'}; use --form merged"
        )


def _alpha(config: dict[str, Any]) -> float:
    """Return llama.cpp's alpha: it scales by alpha/rank, rank-stabilised LoRA by alpha/√rank."""
    return float(config["lora_alpha"] * (config["r"] ** 0.5 if config.get("use_rslora") else 1))


def _module_of(key: str) -> tuple[str, str]:
    """Split PEFT's name of a tensor into the base's module and ``a`` or ``b``."""
    module, _, part = key.removeprefix("base_model.model.").removesuffix(".weight").rpartition(".lora_")
    return module, part.lower()


def _arranged(tensor: Any, module: str, part: str, model: dict[str, Any]) -> Any:
    """Reorder rows for llama.cpp, which interleaves the two halves of each rotary head of Llama models."""
    numpy = import_library("numpy")
    tensor = tensor.astype(numpy.float32)
    if model["model_type"] == "llama" and part == "b" and module.endswith(("q_proj", "k_proj")):
        heads = model["num_attention_heads" if module.endswith("q_proj") else "num_key_value_heads"]
        rows = tensor.shape[0]
        tensor = tensor.reshape(heads, 2, rows // heads // 2, -1).swapaxes(1, 2).reshape(tensor.shape)
    return numpy.ascontiguousarray(tensor)


def _read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values
