"""``codesteer train dpo``: train a guide to prefer the better of two decisions."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.models.adapters import FineTuned, is_adapter, load_fine_tuned
from codesteer.models.libraries import import_library
from codesteer.models.pretrained import Pretrained, find_pretrained
from codesteer.models.progress import Notify, Steps
from codesteer.training.arguments import configure_cpu, lora_config, trainer_arguments, weight_precision
from codesteer.training.artefact import Card, Parent, load_card, load_current_card, parent_of
from codesteer.training.pair_accuracy import fits, pair_accuracies
from codesteer.training.pairs import Pair, read_pairs
from codesteer.training.recipe import Recipe
from codesteer.training.rows import HELD_OUT, TRAIN
from codesteer.training.runs import TrainingRun
from codesteer.training.training_loop import Measure, TrainingJob, train


def train_dpo(
    recipe: Recipe,
    data: Path,
    out: Path,
    *,
    model: Path | None = None,
    notify: Notify = lambda line: None,
    steps: Steps = lambda done, total: None,
) -> Card:
    """Train on a pairs artefact.

    The reference is the initial model; its log-probabilities are precomputed to save memory. An interrupted training
    resumes from its last complete checkpoint when called again.

    Args:
        recipe: the recipe; its base must be the one that the model was trained from.
        data: the artefact of ``codesteer train pairs``.
        out: the output folder.
        model: the result of ``codesteer train sft``; by default the recipe's base.
        notify: called with progress messages.
        steps: called after each step.

    Raises:
        ConfigurationError: a wrong artefact or recipe, an adapter of another base, or the output exists.
        TrainingError: no pair fits, or out of memory.
        KeyboardInterrupt: stopped on request; the state is saved.
    """
    card = load_current_card(data, "pairs")
    parents: tuple[Parent, ...] = (parent_of(data, card),)
    if model is not None:
        parents += (parent_of(model, load_card(model, "sft", "dpo")),)
    configure_cpu(recipe.hardware)
    run, base = TrainingRun(out), find_pretrained(recipe.base, notify)
    pinned = {"recipe": recipe.model_dump(mode="json"), "base": base.fingerprint}
    with run.started(pinned | {"parents": [one.sha256 for one in parents]}):
        pairs, held_out = (read_pairs(data / name) for name in (TRAIN, HELD_OUT))
        counts: dict[str, Any] = {}
        job = TrainingJob(
            kind="dpo",
            recipe=recipe,
            run=run,
            base=_result_base(recipe, base, model),
            counts=counts,
            parents=parents,
            make_trainer=_make_trainer(recipe, base, model, pairs, held_out, run.checkpoints, counts),
            notify=notify,
            steps=steps,
            measure=_measure(held_out, recipe) if held_out else None,
        )
        return train(job)


def _result_base(recipe: Recipe, base: Pretrained, model: Path | None) -> Pretrained:
    """Return the base of the result: a new adapter on a fully fine-tuned model belongs to that model."""
    if model is None or is_adapter(model) or recipe.lora is None:
        return base
    return find_pretrained(str(model))


def _measure(held_out: Sequence[Pair], recipe: Recipe) -> Measure:
    def measure(tuned: FineTuned) -> dict[str, Any]:
        shares = pair_accuracies(tuned, held_out, recipe.max_length)
        return {f"held-out {name}": str(share) for name, share in shares.items()}

    return measure


def _make_trainer(
    recipe: Recipe,
    base: Pretrained,
    model: Path | None,
    pairs: Sequence[Pair],
    held_out: Sequence[Pair],
    checkpoints: Path,
    counts: dict[str, Any],
) -> Callable[[], tuple[Any, FineTuned]]:
    def make() -> tuple[Any, FineTuned]:
        trl = import_library("trl")
        # Created before the model is loaded: under accelerate it sets up how weights are sharded.
        arguments = trl.DPOConfig(
            **trainer_arguments(recipe, recipe.dpo, checkpoints, bool(held_out)),
            beta=recipe.dpo.beta,
            precompute_ref_log_probs=True,
            precompute_ref_batch_size=recipe.dpo.batch_size,
        )
        tuned = _load(recipe, base, model)
        rows = [_row(pair) for pair in pairs if fits(tuned.tokenizer, pair, recipe.max_length)]
        held_out_rows = [_row(pair) for pair in held_out if fits(tuned.tokenizer, pair, recipe.max_length)]
        if not rows:
            raise TrainingError(
                f"no pair fits into {recipe.max_length} tokens; raise max_length in the recipe"
            )
        left_out = len(pairs) - len(rows)
        counts.update({"pairs": len(rows), "held out": len(held_out_rows), "too long, left out": left_out})
        datasets = import_library("datasets")
        trainer = trl.DPOTrainer(
            model=tuned.model,
            args=arguments,
            processing_class=tuned.tokenizer,
            train_dataset=datasets.Dataset.from_list(rows),
            eval_dataset=datasets.Dataset.from_list(held_out_rows) if held_out_rows else None,
            peft_config=_new_adapter(recipe, tuned.model),
        )
        return trainer, FineTuned(trainer.model, tuned.tokenizer, base)

    return make


def _load(recipe: Recipe, base: Pretrained, model: Path | None) -> FineTuned:
    if model is None:
        from codesteer.models.pretrained import load_tokenizer, load_weights
        from codesteer.training.sft import template_text

        tokenizer = load_tokenizer(base.folder, template_text(recipe))
        return FineTuned(load_weights(base.folder, weight_precision(recipe)), tokenizer, base)
    if is_adapter(model) and recipe.lora is None:
        raise ConfigurationError(
            f"{model} is an adapter, but the recipe trains all weights; merge it first with 'codesteer train export'"
        )
    return load_fine_tuned(str(model), weight_precision(recipe), trainable=True, base=base)


def _new_adapter(recipe: Recipe, model: Any) -> Any:
    """Return the configuration of a new adapter; None if an existing one is trained or none is wanted."""
    if recipe.lora is None or hasattr(model, "peft_config"):
        return None
    return lora_config(recipe.lora, model.config.num_hidden_layers)


def _row(pair: Pair) -> dict[str, Any]:
    return {"prompt": pair.prompt, "chosen": pair.chosen, "rejected": pair.rejected}
