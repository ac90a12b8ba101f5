"""Recipes: everything that a training sets, as YAML, checked field by field before anything is loaded."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from codesteer.errors import ConfigurationError
from codesteer.training.faults import first_fault

FOLDER = files("codesteer.training").joinpath("recipes")


class Part(BaseModel):
    """A part of a recipe: unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Lora(Part):
    """Low-rank adapters instead of full fine-tuning."""

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    """Names of the linear layers that get an adapter."""
    last_layers: int | None = Field(default=None, ge=1)
    """Adapt only so many layers at the end; empty: all. A third of the time of a step for a third of the layers."""


class Hardware(Part):
    """What the training runs on."""

    device: Literal["cpu", "gpu"]
    precision: Literal["fp32", "bf16"]
    """Of the computation; full fine-tuning keeps its weights in fp32. A CPU needs bf16 instructions for bf16."""
    threads: int | None = Field(default=None, ge=1)
    """Threads on a CPU; empty: PyTorch's choice, which slows down badly where another job holds a core."""
    activation_checkpointing: bool = False
    """Compute activations again instead of keeping them: less memory, a third more time."""


class Launch(Part):
    """How accelerate starts the processes."""

    config: str
    """A configuration of accelerate: one that is shipped (``fsdp2``, ``zero3``) or a YAML file."""
    processes: int = Field(ge=1)


class Schedule(Part):
    """What SFT and DPO set alike."""

    epochs: float = Field(gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    """Optimizer steps, if that is less than the epochs take."""
    learning_rate: float = Field(gt=0)
    decay: Literal["cosine", "linear", "constant_with_warmup"] = "cosine"
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps."""
    batch_size: int = Field(default=1, ge=1)
    """Rows a device."""
    accumulation: int = Field(default=1, ge=1)
    """Batches a step."""
    weight_decay: float = Field(default=0.0, ge=0)
    log_steps: int = Field(default=10, ge=1)
    eval_steps: int = Field(default=200, ge=1)
    save_steps: int = Field(default=200, ge=1)
    keep: Literal["last", "best"] = "last"
    """Which weights are the result: those at the end, or of the checkpoint with the lowest held-out loss."""

    @model_validator(mode="after")
    def _checkpoints_are_judged(self) -> "Schedule":
        if self.keep == "best" and self.save_steps % self.eval_steps:
            raise ValueError("keep: best needs save_steps that are a multiple of eval_steps")
        return self


class Sft(Schedule):
    """Supervised fine-tuning on whole conversations."""

    last_turns: int = Field(default=2, ge=0)
    """How many guidance turns at the end weigh more (paper: the last two)."""
    last_turn_weight: float = Field(default=2.0, gt=0)
    """How much more; 1 weighs all turns alike."""
    group_by_length: bool = True
    """Put conversations of like length into one batch, so that little is padded."""


class Dpo(Schedule):
    """Direct preference optimization; the reference is the model it starts from, computed once beforehand."""

    beta: float = Field(default=0.1, gt=0)
    """How dear it is to move away from the reference."""


class Recipe(Part):
    """A whole training."""

    base: str = Field(min_length=1)
    """The model to start from: a name of ``codesteer models list``, a folder, or a hub id."""
    chat_template: Literal["llama3", "qwen2.5"] | None = None
    """Replaces the base's own chat template; needed where it has none."""
    max_length: int = Field(ge=64)
    """Tokens of a conversation; later turns that do not fit are left out whole."""
    seed: int = 0
    lora: Lora | None = None
    """Empty: full fine-tuning."""
    hardware: Hardware
    launch: Launch | None = None
    sft: Sft
    dpo: Dpo


def shipped() -> tuple[str, ...]:
    """The names of the recipes that come with the package."""
    names = (entry.name for entry in FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_recipe(name: str, changes: tuple[str, ...] = ()) -> Recipe:
    """Read a recipe.

    Args:
        name: one of ``shipped()`` or a path to a YAML file.
        changes: ``field.field=value`` each; the value is YAML.

    Raises:
        ConfigurationError: no such recipe, no YAML, an unknown or wrong field; names file and field.
    """
    values = _parse(_read(name), name)
    for change in changes:
        _change(values, change)
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(f"{name}: {first_fault(error)}") from error


def launch_config(name: str) -> Path:
    """The file of accelerate's configuration; raises ConfigurationError if there is none."""
    own = name.endswith((".yaml", ".yml"))
    path = Path(name if own else str(FOLDER.joinpath("accelerate", f"{name}.yaml")))
    if not path.is_file():
        raise ConfigurationError(f"launch.config: there is no accelerate configuration {name!r}")
    return path


def _read(name: str) -> str:
    path = Path(name)
    if name in shipped():
        return FOLDER.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    if path.suffix not in (".yaml", ".yml"):
        raise ConfigurationError(f"there is no recipe {name!r}; give a YAML file or {', '.join(shipped())}")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the recipe {path}: {error}") from error


def _parse(text: str, name: str) -> dict[str, Any]:
    import yaml

    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{name} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ConfigurationError(f"{name} is no recipe: it holds no fields")
    return values


def _change(values: dict[str, Any], change: str) -> None:
    import yaml

    path, separator, text = change.partition("=")
    if not separator:
        raise ConfigurationError(f"--set {change}: write field=value, for example sft.epochs=3")
    *parents, last = path.split(".")
    for part in parents:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            values[part] = inner = {}
        values = inner
    try:
        values[last] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"--set {change}: {' '.join(str(error).split())}") from error
