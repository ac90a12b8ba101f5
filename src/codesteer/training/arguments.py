"""Convert a recipe to the arguments of TRL's trainers."""

import os
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.models.libraries import import_library
from codesteer.training.recipe import Hardware, Lora, Recipe, Schedule

DISTRIBUTED_TIMEOUT = 7200
"""Seconds that processes wait for each other; one may still be saving or evaluating."""


def trainer_arguments(
    recipe: Recipe, schedule: Schedule, checkpoints: Path, held_out: bool
) -> dict[str, Any]:
    """Return the arguments that SFT and DPO share.

    Args:
        recipe: the recipe.
        schedule: its SFT or DPO section.
        checkpoints: folder of the checkpoints.
        held_out: whether there are held-out rows.
    """
    hardware = recipe.hardware
    # FSDP does its own checkpointing; doing it twice is an error.
    sharded = os.environ.get("ACCELERATE_USE_FSDP", "").lower() in ("true", "1")
    evaluation = {"eval_strategy": "steps", "eval_steps": schedule.eval_steps, "eval_on_start": True}
    best = {"load_best_model_at_end": True, "metric_for_best_model": "eval_loss", "greater_is_better": False}
    return {
        "output_dir": str(checkpoints),
        "num_train_epochs": schedule.epochs,
        "max_steps": schedule.max_steps or -1,
        "learning_rate": schedule.learning_rate,
        "lr_scheduler_type": schedule.decay,
        "warmup_steps": schedule.warmup,
        "weight_decay": schedule.weight_decay,
        "per_device_train_batch_size": schedule.batch_size,
        "per_device_eval_batch_size": schedule.batch_size,
        "gradient_accumulation_steps": schedule.accumulation,
        "logging_steps": schedule.log_steps,
        "save_strategy": "steps",
        "save_steps": schedule.save_steps,
        "save_total_limit": 2,
        "use_cpu": hardware.device == "cpu",
        "bf16": hardware.precision == "bf16",
        "activation_checkpointing": hardware.activation_checkpointing and not sharded,
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "max_length": None,
        "report_to": "none",
        "disable_tqdm": True,
        "ddp_timeout": DISTRIBUTED_TIMEOUT,
        **(evaluation if held_out else {}),
        **(best if held_out and schedule.keep == "best" else {}),
    }


def lora_config(lora: Lora, layers: int, task: str = "CAUSAL_LM") -> Any:
    """Return PEFT's LoRA configuration.

    Args:
        lora: the recipe's section.
        layers: number of layers of the base.
        task: PEFT's name of what the model does; a classifier's head is trained and saved with the adapter.
    """
    adapted = None if lora.last_layers is None else list(range(max(0, layers - lora.last_layers), layers))
    return import_library("peft").LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets),
        layers_to_transform=adapted,
        task_type=task,
    )


def configure_cpu(hardware: Hardware) -> None:
    """Set the number of CPU threads and check the precision.

    Raises:
        ConfigurationError: bf16 on a CPU that would have to emulate it.
    """
    torch = import_library("torch")
    if hardware.threads is not None:
        torch.set_num_threads(hardware.threads)
    if hardware.device == "cpu" and hardware.precision == "bf16" and not _supports_bf16(torch):
        raise ConfigurationError(
            "hardware.precision: this processor has no bf16 instructions, which makes bf16 very slow; use fp32"
        )


def _supports_bf16(torch: Any) -> bool:
    capabilities = torch.cpu.get_capabilities()
    return any(has for name, has in capabilities.items() if name.endswith("bf16"))


def weight_precision(recipe: Recipe) -> str:
    """Return the precision of the weights: full fine-tuning needs fp32 to accumulate small steps."""
    return recipe.hardware.precision if recipe.lora is not None else "fp32"
