"""Recipes: every bundled one is complete, every invalid field is a one-line error with its name and file."""

from pathlib import Path
from typing import Any

import pytest

from codesteer.errors import ConfigurationError
from codesteer.training.arguments import configure_cpu, trainer_arguments
from codesteer.training.recipe import Hardware, bundled_recipes, launch_config, load_recipe

SHORT = """
base: model
max_length: 512
hardware: {device: cpu, precision: fp32}
sft: {epochs: 1, learning_rate: 1.0e-4}
dpo: {epochs: 1, learning_rate: 1.0e-5}
"""


def write(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text)
    return str(path)


def test_the_bundled_recipes() -> None:
    assert bundled_recipes() == ("laptop-0.5b", "laptop-classifier", "llama3-8b-4xh100", "one-gpu-1.5b")
    for name in bundled_recipes():
        assert load_recipe(name).base


def test_the_papers_recipe_has_the_published_settings() -> None:
    recipe = load_recipe("llama3-8b-4xh100")
    assert recipe.base == "meta-llama/Meta-Llama-3-8B-Instruct"
    assert (recipe.lora, recipe.max_length) == (None, 7024)
    sft = recipe.sft
    assert (sft.learning_rate, sft.decay, sft.warmup, sft.epochs) == (1e-5, "cosine", 0.1, 12)
    assert (sft.batch_size, sft.accumulation, sft.last_turns, sft.last_turn_weight) == (1, 2, 2, 2.0)
    assert recipe.hardware.precision == "bf16"
    assert recipe.launch is not None
    assert recipe.launch.processes == 4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("base: model", "base: model\ncolour: red", "unknown field 'colour'"),
        ("epochs: 1,", "epochs: 1, lerning_rate: 1,", "unknown field 'sft.lerning_rate'"),
        ("epochs: 1,", "epochs: many,", "sft.epochs: Input should be a valid number"),
        ("base: model", "", "base: Field required"),
        ("base: model", "base: model\nlora: {rank: 0}", "lora.rank: Input should be greater"),
        ("epochs: 1,", "epochs: 1, keep: best, save_steps: 7, eval_steps: 5,", "multiple of eval_steps"),
        ("base: model", "base: [", "is not valid YAML"),
        ("base: model", "base: 2020-99-99", "is not valid YAML: month must be"),
        ("base: model", "base: 2020-01-01 99:00:00", "is not valid YAML: hour must be"),
        ("base: model", "base: " + "[" * 3000 + "]" * 3000, "is not valid YAML: it is nested too deeply"),
        ("base: model", "base: " + "{a: " * 3000 + "}" * 3000, "is not valid YAML: it is nested too deeply"),
        ("base: model", "base: model\nseed: -1", "seed: Input should be greater"),
        ("base: model", f"base: model\nseed: {2**32}", "seed: Input should be less"),
        ("base: model", f"base: model\nseed: 1{'0' * 5000}", "mine.yaml"),
        ("epochs: 1,", "epochs: true,", "sft.epochs: .*true is no value"),
        ("epochs: 1,", "epochs: 1, batch_size: yes,", "sft.batch_size: .*true is no value"),
        ("base: model", "base: model\nlora: {rank: off}", "lora.rank: .*false is no value"),
        ("base: model", "base: model\nlora: true", "lora: .*true is no value"),
        (SHORT, "just words", "it has no fields"),
    ],
)
def test_errors_name_the_file(old: str, new: str, message: str, tmp_path: Path) -> None:
    name = write(tmp_path, SHORT.replace(old, new, 1))
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_recipe(name)
    assert "mine.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_recipe_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no recipe 'laptop'.*laptop-0\.5b"):
        load_recipe("laptop")
    with pytest.raises(ConfigurationError, match="cannot read the recipe"):
        load_recipe(str(tmp_path / "none.yaml"))


def test_fields_can_be_overridden(tmp_path: Path) -> None:
    name = write(tmp_path, SHORT)
    changed = load_recipe(name, ("sft.max_steps=3", "lora.rank=4", "base=other", "launch=null"))
    assert (changed.sft.max_steps, changed.base, changed.launch) == (3, "other", None)
    assert changed.lora is not None
    assert changed.lora.rank == 4
    with pytest.raises(ConfigurationError, match=r"unknown field .sft\.max_step."):
        load_recipe(name, ("sft.max_step=3",))
    for value in ("2020-99-99", "[" * 3000, "[", "2020-01-01 99:00:00"):
        with pytest.raises(ConfigurationError, match=r"^--set base="):
            load_recipe(name, (f"base={value}",))
    with pytest.raises(ConfigurationError, match="write field=value"):
        load_recipe(name, ("sft.max_steps",))


@pytest.mark.parametrize("name", ["fsdp2", "zero3"])
def test_accelerate_reads_the_launch_configurations(name: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    config: Any = load_config_from_file(str(launch_config(name)))
    kinds = {"fsdp2": "FSDP", "zero3": "DEEPSPEED"}
    assert str(getattr(config.distributed_type, "value", config.distributed_type)) == kinds[name]
    if name == "fsdp2":
        assert config.fsdp_config["fsdp_version"] == 2
        assert config.fsdp_config["fsdp_state_dict_type"] == "FULL_STATE_DICT"
    if name == "zero3":
        assert config.deepspeed_config["zero_stage"] == 3


def test_an_unknown_launch_configuration() -> None:
    with pytest.raises(ConfigurationError, match="no accelerate configuration 'tpu'"):
        launch_config("tpu")


@pytest.mark.parametrize("name", ["laptop-0.5b", "one-gpu-1.5b", "llama3-8b-4xh100"])
def test_trl_accepts_the_recipes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from trl import DPOConfig, SFTConfig

    recipe = load_recipe(name)
    on_cpu = {"use_cpu": True, "bf16": False}
    for schedule, kind in ((recipe.sft, SFTConfig), (recipe.dpo, DPOConfig)):
        made = kind(**(trainer_arguments(recipe, schedule, tmp_path, held_out=True) | on_cpu))
        assert made.learning_rate == schedule.learning_rate
        assert made.get_warmup_steps(200) == 20
        assert made.max_length is None
        assert made.activation_checkpointing == recipe.hardware.activation_checkpointing
        assert made.load_best_model_at_end == (schedule.keep == "best")
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    sharded = trainer_arguments(recipe, recipe.sft, tmp_path, held_out=False)
    assert sharded["activation_checkpointing"] is False, "FSDP checkpoints activations itself"


@pytest.mark.parametrize("instruction", ["avx512_bf16", "amx_bf16"])
def test_bf16_on_a_processor_with_its_instructions(instruction: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True, instruction: True})
    configure_cpu(Hardware(device="cpu", precision="bf16"))


def test_bf16_on_a_processor_without_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True, "avx512_bf16": False})
    configure_cpu(Hardware(device="cpu", precision="fp32"))
    configure_cpu(Hardware(device="gpu", precision="bf16"))
    with pytest.raises(ConfigurationError, match="no bf16 instructions"):
        configure_cpu(Hardware(device="cpu", precision="bf16"))
