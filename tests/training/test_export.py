"""Adapters as GGUF files: names, order and scale as llama.cpp expects them, and unsupported adapters."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.training import tiny_llama

from codesteer.errors import ConfigurationError
from codesteer.models.adapters import ModelMetadata, write_metadata
from codesteer.models.pretrained import find_pretrained
from codesteer.training.artefact import Card, finish_artefact, load_card, new_artefact
from codesteer.training.export import ADAPTER_FILE, export
from codesteer.training.gguf_adapter import write_gguf_adapter

pytestmark = pytest.mark.filterwarnings("ignore")


def adapter(folder: Path, base: Path, **settings: Any) -> Path:
    """An adapter with random weights."""
    import peft
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(3)
    model = AutoModelForCausalLM.from_pretrained(base)
    chosen = {"r": 4, "lora_alpha": 8, "target_modules": "all-linear", "task_type": "CAUSAL_LM"} | settings
    tuned = peft.get_peft_model(model, peft.LoraConfig(**chosen))
    for name, weights in tuned.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(weights, std=0.3)
    tuned.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("base") / "llama", ["steer code text return"], width=32)


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    import gguf

    reader = gguf.GGUFReader(str(path))
    fields = {name: field.contents() for name, field in reader.fields.items()}
    return fields, {tensor.name: tensor.data for tensor in reader.tensors}


def test_names_and_scale(base: Path, tmp_path: Path) -> None:
    source = adapter(tmp_path / "adapter", base)
    count = write_gguf_adapter(source, base, tmp_path / "out.gguf")
    fields, tensors = read(tmp_path / "out.gguf")
    assert fields["general.type"] == "adapter"
    assert fields["general.architecture"] == "llama"
    assert fields["adapter.type"] == "lora"
    assert fields["adapter.lora.alpha"] == 8.0
    assert count == len(tensors) == 2 * 7 * 2
    assert tensors["blk.0.ffn_gate.weight.lora_a"].shape == (4, 32)
    assert tensors["blk.1.attn_output.weight.lora_b"].shape == (32, 4)


def test_rotary_heads_are_interleaved(base: Path, tmp_path: Path) -> None:
    """Row 2i of a head in llama.cpp is row i of the first half, row 2i + 1 row i of the second half."""
    from safetensors.numpy import load_file

    source = adapter(tmp_path / "adapter", base)
    write_gguf_adapter(source, base, tmp_path / "out.gguf")
    _, tensors = read(tmp_path / "out.gguf")
    weights = load_file(source / "adapter_model.safetensors")
    name = "base_model.model.model.layers.0.self_attn.{}_proj.lora_B.weight"
    head = 8
    for module, gguf_name in (("q", "attn_q"), ("k", "attn_k")):
        theirs = tensors[f"blk.0.{gguf_name}.weight.lora_b"]
        ours = weights[name.format(module)]
        for row in range(len(ours)):
            start, inside = row // head * head, row % head
            moved = start + (2 * inside if inside < head // 2 else 2 * (inside - head // 2) + 1)
            assert (theirs[moved] == ours[row]).all()
    assert (tensors["blk.0.attn_v.weight.lora_b"] == weights[name.format("v")]).all()


def test_rank_stabilised_adapters_keep_their_scale(base: Path, tmp_path: Path) -> None:
    source = adapter(tmp_path / "adapter", base, use_rslora=True)
    write_gguf_adapter(source, base, tmp_path / "out.gguf")
    assert read(tmp_path / "out.gguf")[0]["adapter.lora.alpha"] == pytest.approx(8 * 4**0.5)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("adapter_config.json", {"use_dora": True}, "only plain LoRA, not use_dora"),
        ("adapter_config.json", {"peft_type": "IA3"}, "not this kind"),
        ("base", {"model_type": "gemma"}, "not gemma; use --form merged"),
    ],
)
def test_unsupported_adapters(
    file: str, change: dict[str, Any], message: str, base: Path, tmp_path: Path
) -> None:
    source = adapter(tmp_path / "adapter", base)
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text((base / "config.json").read_text())
    path = tmp_path / "base" / "config.json" if file == "base" else source / file
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ConfigurationError, match=message):
        write_gguf_adapter(source, tmp_path / "base", tmp_path / "out.gguf")


def artefact(folder: Path, base: Path, *, whole: bool) -> Path:
    """What a training would have left."""
    found = find_pretrained(str(base))
    with new_artefact(folder) as inside:
        if whole:
            tiny_llama(inside, ["a"], width=32)
        else:
            adapter(inside, base)
        write_metadata(inside, ModelMetadata(base=found.name, fingerprint=found.fingerprint))
        finish_artefact(inside, folder, Card(kind="sft", config={}, counts={}))
    return folder


def test_an_exported_adapter_is_an_artefact(base: Path, tmp_path: Path) -> None:
    model = artefact(tmp_path / "sft", base, whole=False)
    export(model, tmp_path / "out", "gguf-adapter")
    card = load_card(tmp_path / "out", "export")
    assert set(card.files) == {ADAPTER_FILE, "codesteer.json"}
    assert card.parents[0].sha256 == load_card(model).sha256


def test_a_merged_model_answers_like_base_and_adapter(base: Path, tmp_path: Path) -> None:
    import torch

    from codesteer.models.adapters import load_fine_tuned

    model = artefact(tmp_path / "sft", base, whole=False)
    export(model, tmp_path / "out", "merged")
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        apart, merged, plain = (
            load_fine_tuned(str(path), "fp32").model(ids).logits for path in (model, tmp_path / "out", base)
        )
    assert torch.nn.functional.cosine_similarity(apart.flatten(), merged.flatten(), dim=0) > 0.999
    assert torch.nn.functional.cosine_similarity(apart.flatten(), plain.flatten(), dim=0) < 0.9


def test_a_complete_model_has_no_adapter(base: Path, tmp_path: Path) -> None:
    model = artefact(tmp_path / "sft", base, whole=True)
    with pytest.raises(ConfigurationError, match="is a complete model without an adapter"):
        export(model, tmp_path / "out", "gguf-adapter")
    assert not (tmp_path / "out").exists()


def test_only_training_results_are_exported(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not a finished artefact"):
        export(base, tmp_path / "out", "merged")
