"""``codesteer train sft``: fine-tune a base model on the guidance of successful conversations."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from codesteer.errors import ConfigurationError, first_line
from codesteer.models.adapters import FineTuned
from codesteer.models.libraries import import_library
from codesteer.models.pretrained import Pretrained, find_pretrained, load_tokenizer, load_weights
from codesteer.models.progress import Notify, Steps
from codesteer.training.arguments import configure_cpu, lora_config, trainer_arguments, weight_precision
from codesteer.training.artefact import Card, load_current_card, parent_of
from codesteer.training.encoding import Encoded, EncodedSet, encode_all
from codesteer.training.recipe import Recipe
from codesteer.training.rows import HELD_OUT, TRAIN, read_rows
from codesteer.training.runs import TrainingRun
from codesteer.training.training_loop import TrainingJob, train


def train_sft(
    recipe: Recipe,
    data: Path,
    out: Path,
    notify: Notify = lambda line: None,
    steps: Steps = lambda done, total: None,
) -> Card:
    """Fine-tune the recipe's base on a conversations artefact.

    An interrupted training resumes from its last complete checkpoint when called again.

    Args:
        recipe: the recipe.
        data: the artefact of ``codesteer train conversations``.
        out: the output folder, for an adapter or a complete model.
        notify: called with progress messages.
        steps: called after each step.

    Raises:
        ConfigurationError: a wrong artefact, base or recipe, or the output exists.
        TrainingError: no conversation fits, or out of memory.
        KeyboardInterrupt: stopped on request; the state is saved.
    """
    card = load_current_card(data, "conversations")
    configure_cpu(recipe.hardware)
    run = TrainingRun(out)
    base = find_pretrained(recipe.base, notify)
    with run.started(
        {"recipe": recipe.model_dump(mode="json"), "data": card.sha256, "base": base.fingerprint}
    ):
        tokenizer = load_tokenizer(base.folder, template_text(recipe))
        train_rows = _encoded(recipe, data / TRAIN, tokenizer)
        held_out = _encoded(recipe, data / HELD_OUT, tokenizer)
        counts = {
            "conversations": len(train_rows.rows),
            "held out": len(held_out.rows),
            "shortened": train_rows.shortened,
            "too long, left out": train_rows.dropped,
            "tokens": sum(len(row["input_ids"]) for row in train_rows.rows),
            "learnt tokens": sum(weight > 0 for row in train_rows.rows for weight in row["loss_weights"]),
        }
        notify(f"{counts['conversations']} conversations, {counts['learnt tokens']} tokens to learn")
        job = TrainingJob(
            kind="sft",
            recipe=recipe,
            run=run,
            base=base,
            counts=counts,
            parents=(parent_of(data, card),),
            make_trainer=_make_trainer(
                recipe, base, tokenizer, train_rows.rows, held_out.rows, run.checkpoints
            ),
            notify=notify,
            steps=steps,
        )
        return train(job)


def template_text(recipe: Recipe) -> str | None:
    """Return the chat template that the recipe sets; None to use the base's own."""
    if recipe.chat_template is None:
        return None
    templates = import_library("trl.chat_template_utils")
    text: str = {
        "llama3": templates.llama3_chat_template,
        "qwen2.5": templates.qwen2_5_chat_template,
    }[recipe.chat_template]
    return text


def _encoded(recipe: Recipe, path: Path, tokenizer: Any) -> EncodedSet:
    conversations = [row["messages"] for row in read_rows(path)]
    return encode_all(
        conversations,
        tokenizer,
        last_turns=recipe.sft.last_turns,
        weight=recipe.sft.last_turn_weight,
        max_length=recipe.max_length,
    )


def _make_trainer(
    recipe: Recipe,
    base: Pretrained,
    tokenizer: Any,
    train_rows: list[Encoded],
    held_out: list[Encoded],
    checkpoints: Path,
) -> Callable[[], tuple[Any, FineTuned]]:
    def make() -> tuple[Any, FineTuned]:
        from codesteer.training.weighted_sft import Collator, WeightedSFTTrainer

        datasets, trl = import_library("datasets"), import_library("trl")
        grouping = "group_by_length" if recipe.sft.group_by_length else "random"
        # Created before the model is loaded: under accelerate it sets up how weights are sharded.
        arguments = trl.SFTConfig(
            **trainer_arguments(recipe, recipe.sft, checkpoints, bool(held_out)),
            train_sampling_strategy=grouping,
            remove_unused_columns=False,
        )
        model = load_weights(base.folder, weight_precision(recipe))
        trainer = WeightedSFTTrainer(
            model=adapted(recipe, model, "CAUSAL_LM"),
            args=arguments,
            processing_class=tokenizer,
            train_dataset=datasets.Dataset.from_list(train_rows),
            eval_dataset=datasets.Dataset.from_list(held_out) if held_out else None,
            data_collator=Collator(tokenizer.pad_token_id),
        )
        return trainer, FineTuned(trainer.model, tokenizer, base)

    return make


def adapted(recipe: Recipe, model: Any, task: Literal["CAUSAL_LM", "SEQ_CLS"]) -> Any:
    """Return the model with the recipe's adapters, if it has any; ``task`` is PEFT's name of what the model does.

    Raises:
        ConfigurationError: the base has no layers with these names.
    """
    if recipe.lora is None:
        return model
    try:
        return import_library("peft").get_peft_model(
            model, lora_config(recipe.lora, model.config.num_hidden_layers, task)
        )
    except ValueError as error:
        raise ConfigurationError(
            f"lora.targets do not fit the base {recipe.base}: {first_line(error)}"
        ) from error
