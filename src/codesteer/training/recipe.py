"""Recipes: all settings of a training as YAML, validated before anything is loaded."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from codesteer.errors import ConfigurationError, first_error, one_line

MAX_SEED = 2**32 - 1
"""The largest seed that NumPy takes."""
FOLDER = files("codesteer.training").joinpath("recipes")


class RecipeSection(BaseModel):
    """A section of a recipe; unknown fields are errors, and so are infinite numbers and truth values for numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_truth(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse yes and no in place of a number, which would count as 1 and 0."""
        if isinstance(value, bool) and cls.model_fields[info.field_name or ""].annotation is not bool:
            raise ValueError(f"{str(value).lower()} is no value for it")
        return value


class Lora(RecipeSection):
    """Low-rank adapters instead of full fine-tuning."""

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    """Names of the linear layers that get an adapter."""
    last_layers: int | None = Field(default=None, ge=1)
    """Adapt only this many last layers; empty for all. A third of the layers takes a third of the time per step."""


class Hardware(RecipeSection):
    """The hardware to train on."""

    device: Literal["cpu", "gpu"]
    precision: Literal["fp32", "bf16"]
    """Precision of the computation; full fine-tuning keeps weights in fp32. bf16 on a CPU needs bf16 instructions."""
    threads: int | None = Field(default=None, ge=1)
    """CPU threads; empty for PyTorch's default, which is slow when another job uses a core."""
    activation_checkpointing: bool = False
    """Recompute activations instead of storing them: less memory, a third more time."""


class Launch(RecipeSection):
    """How accelerate launches the processes."""

    config: str
    """An accelerate configuration: a bundled one (``fsdp2``, ``zero3``) or a YAML file."""
    processes: int = Field(ge=1)


class Schedule(RecipeSection):
    """The settings that SFT and DPO share."""

    epochs: float = Field(gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    """Maximum optimizer steps, if fewer than the epochs take."""
    learning_rate: float = Field(gt=0)
    decay: Literal["cosine", "linear", "constant_with_warmup"] = "cosine"
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Warm-up as a share of the steps."""
    batch_size: int = Field(default=1, ge=1)
    """Rows per device."""
    accumulation: int = Field(default=1, ge=1)
    """Batches per optimizer step (gradient accumulation)."""
    weight_decay: float = Field(default=0.0, ge=0)
    log_steps: int = Field(default=10, ge=1)
    eval_steps: int = Field(default=200, ge=1)
    save_steps: int = Field(default=200, ge=1)
    keep: Literal["last", "best"] = "last"
    """Which weights to keep: the last ones, or those with the lowest held-out loss."""

    @model_validator(mode="after")
    def _check_save_steps(self) -> "Schedule":
        if self.keep == "best" and self.save_steps % self.eval_steps:
            raise ValueError("keep: best requires save_steps to be a multiple of eval_steps")
        return self


class Sft(Schedule):
    """Supervised fine-tuning on whole conversations."""

    last_turns: int = Field(default=2, ge=0)
    """Number of last guidance turns with a higher weight (paper: two)."""
    last_turn_weight: float = Field(default=2.0, gt=0)
    """Weight of these turns; 1 weights all turns equally."""
    group_by_length: bool = True
    """Batch conversations of similar length to reduce padding."""


class Dpo(Schedule):
    """Direct preference optimization; the reference is the initial model, precomputed."""

    beta: float = Field(default=0.1, gt=0)
    """Strength of the penalty for deviating from the reference."""


class Recipe(RecipeSection):
    """A complete training configuration."""

    base: str = Field(min_length=1)
    """The initial model: a name from ``codesteer models list``, a folder, or a hub id."""
    chat_template: Literal["llama3", "qwen2.5"] | None = None
    """Chat template that replaces the base's own; required if it has none."""
    max_length: int = Field(ge=64)
    """Maximum tokens per conversation; whole turns that do not fit are dropped."""
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    guide: Literal["writes", "classifies"] = "writes"
    """Whether the guide writes its decisions, or scores a fixed set of choices that templates word."""
    lora: Lora | None = None
    """LoRA settings; empty for full fine-tuning."""
    hardware: Hardware
    launch: Launch | None = None
    sft: Sft
    dpo: Dpo


def bundled_recipes() -> tuple[str, ...]:
    """Return the names of the recipes in the package."""
    names = (entry.name for entry in FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_recipe(name: str, overrides: tuple[str, ...] = ()) -> Recipe:
    """Load a recipe and apply overrides.

    Args:
        name: one of ``bundled_recipes()`` or a path to a YAML file.
        overrides: each ``field.field=value``; the value is YAML.

    Raises:
        ConfigurationError: no such recipe, invalid YAML, an unknown or invalid field; the message names file and field.
    """
    values = _parse(_read(name), name)
    for override in overrides:
        _override(values, override)
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(f"{name}: {first_error(error)}") from error


def launch_config(name: str) -> Path:
    """Return the path of an accelerate configuration; raise ConfigurationError if there is none."""
    own = name.endswith((".yaml", ".yml"))
    path = Path(name if own else str(FOLDER.joinpath("accelerate", f"{name}.yaml")))
    if not path.is_file():
        raise ConfigurationError(
            f"launch.config: no accelerate configuration {name!r}; use fsdp2, zero3 or a YAML file"
        )
    return path


def _read(name: str) -> str:
    path = Path(name)
    if name in bundled_recipes():
        return FOLDER.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    if path.suffix not in (".yaml", ".yml"):
        raise ConfigurationError(
            f"no recipe {name!r}; use a YAML file or one of {', '.join(bundled_recipes())}"
        )
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the recipe {path}: {error}") from error


def _parse(text: str, name: str) -> dict[str, Any]:
    values = _load_yaml(text, f"{name} is not valid YAML")
    if not isinstance(values, dict):
        raise ConfigurationError(f"{name} is not a recipe: it has no fields")
    return values


def _override(values: dict[str, Any], override: str) -> None:
    path, separator, text = override.partition("=")
    if not separator:
        raise ConfigurationError(f"--set {override}: write field=value, for example sft.epochs=3")
    *parents, last = path.split(".")
    for part in parents:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            values[part] = inner = {}
        values = inner
    values[last] = _load_yaml(text, f"--set {override}")


def _load_yaml(text: str, described: str) -> Any:
    """Parse YAML; raises ConfigurationError that begins with the description."""
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # for example a date like 2020-99-99
        raise ConfigurationError(f"{described}: {one_line(error)}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{described}: it is nested too deeply") from error
