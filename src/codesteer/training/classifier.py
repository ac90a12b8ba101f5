"""``codesteer train sft`` and ``dpo`` for a guide that classifies: the base with a head over the choices."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.guides.choices import LABELS
from codesteer.models.adapters import FineTuned, load_fine_tuned, read_metadata
from codesteer.models.libraries import import_library
from codesteer.models.pretrained import Pretrained, find_pretrained, load_tokenizer, load_weights
from codesteer.models.progress import Notify, Steps
from codesteer.training.arguments import configure_cpu, trainer_arguments, weight_precision
from codesteer.training.artefact import Card, load_card, load_current_card, parent_of
from codesteer.training.choice_accuracy import choice_accuracies, row_scores
from codesteer.training.choice_rows import NO_LABEL, ChoiceRow, conversation_rows, preference_rows
from codesteer.training.pairs import read_pairs
from codesteer.training.recipe import Recipe, Schedule
from codesteer.training.rows import HELD_OUT, TRAIN, read_rows
from codesteer.training.runs import TrainingRun
from codesteer.training.sft import adapted, template_text
from codesteer.training.training_loop import TrainingJob, train

Rows = tuple[list[ChoiceRow], list[ChoiceRow]]
"""Rows to train on, and held-out rows."""


def train_choices(
    recipe: Recipe,
    data: Path,
    out: Path,
    notify: Notify = lambda line: None,
    steps: Steps = lambda done, total: None,
) -> Card:
    """Train a head over the choices on the decisions of a conversations artefact.

    An interrupted training resumes from its last complete checkpoint when called again.

    Args:
        recipe: the recipe.
        data: the artefact of ``codesteer train conversations``.
        out: the output folder.
        notify: called with progress messages.
        steps: called after each step.

    Raises:
        ConfigurationError: a wrong artefact, base or recipe, or the output exists.
        TrainingError: a decision cannot be read, or out of memory.
        KeyboardInterrupt: stopped on request; the state is saved.
    """
    card = load_current_card(data, "conversations")
    configure_cpu(recipe.hardware)
    run, base = TrainingRun(out), find_pretrained(recipe.base, notify)
    pinned = {"recipe": recipe.model_dump(mode="json"), "data": card.sha256, "base": base.fingerprint}

    def load() -> FineTuned:
        tokenizer = load_tokenizer(base.folder, template_text(recipe))
        # The head's first weights are random.
        import_library("transformers").set_seed(recipe.seed)
        weights = load_weights(base.folder, weight_precision(recipe), LABELS)
        weights.config.pad_token_id = tokenizer.pad_token_id
        return FineTuned(adapted(recipe, weights, "SEQ_CLS"), tokenizer, base, LABELS)

    def rows(tokenizer: Any, name: str) -> list[ChoiceRow]:
        return conversation_rows(
            [row["messages"] for row in read_rows(data / name)],
            tokenizer,
            last_turns=recipe.sft.last_turns,
            weight=recipe.sft.last_turn_weight,
            max_length=recipe.max_length,
        )

    job = _job("sft", recipe, run, base, load, rows, notify, steps)
    with run.started(pinned):
        return train(replace(job, parents=(parent_of(data, card),)))


def train_choice_preferences(
    recipe: Recipe,
    data: Path,
    out: Path,
    *,
    model: Path | None,
    notify: Notify = lambda line: None,
    steps: Steps = lambda done, total: None,
) -> Card:
    """Train a classifying guide on the pairs of different choices of a pairs artefact.

    The reference is the initial model; its margins are precomputed.

    Args:
        recipe: the recipe; its base must be the one that the model was trained from.
        data: the artefact of ``codesteer train pairs``.
        out: the output folder.
        model: the result of ``train_choices``.
        notify: called with progress messages.
        steps: called after each step.

    Raises:
        ConfigurationError: a wrong artefact or recipe, no classifier to start from, or the output exists.
        TrainingError: no pair has different choices, or out of memory.
        KeyboardInterrupt: stopped on request; the state is saved.
    """
    metadata = read_metadata(model) if model is not None else None
    if model is None or metadata is None or metadata.labels != LABELS:
        raise ConfigurationError(
            "a classifying guide learns preferences after choices: give --model, the output of 'train sft' with "
            "this recipe"
        )
    card, sft = load_current_card(data, "pairs"), load_card(model, "sft", "dpo")
    configure_cpu(recipe.hardware)
    run, base = TrainingRun(out), find_pretrained(recipe.base, notify)
    parents = (parent_of(data, card), parent_of(model, sft))
    pinned = {"recipe": recipe.model_dump(mode="json"), "base": base.fingerprint}

    def load() -> FineTuned:
        return load_fine_tuned(str(model), weight_precision(recipe), trainable=True, base=base)

    def rows(tokenizer: Any, name: str) -> list[ChoiceRow]:
        found = preference_rows(read_pairs(data / name), tokenizer, recipe.max_length)
        if name == TRAIN and not found:
            raise TrainingError(
                "no pair has two different choices; a classifying guide learns nothing from wording"
            )
        return found

    job = _job("dpo", recipe, run, base, load, rows, notify, steps)
    with run.started(pinned | {"parents": [one.sha256 for one in parents]}):
        return train(replace(job, parents=parents))


def _job(
    kind: Literal["sft", "dpo"],
    recipe: Recipe,
    run: TrainingRun,
    base: Pretrained,
    load: Callable[[], FineTuned],
    rows: Callable[[Any, str], list[ChoiceRow]],
    notify: Notify,
    steps: Steps,
) -> TrainingJob:
    counts: dict[str, Any] = {}
    held_out: list[ChoiceRow] = []
    schedule = recipe.sft if kind == "sft" else recipe.dpo

    def make() -> tuple[Any, FineTuned]:
        tuned = load()
        train_rows = rows(tuned.tokenizer, TRAIN)
        held_out.extend(rows(tuned.tokenizer, HELD_OUT))
        chosen = Counter(LABELS[row.chosen] for row in train_rows)
        counts.update({"decisions": len(train_rows), "held out": len(held_out), "chosen": dict(chosen)})
        notify(f"{len(train_rows)} decisions to learn")
        return _make_trainer(recipe, schedule, tuned, (train_rows, held_out), run.checkpoints), tuned

    return TrainingJob(
        kind=kind,
        recipe=recipe,
        run=run,
        base=base,
        counts=counts,
        parents=(),
        make_trainer=make,
        notify=notify,
        steps=steps,
        measure=lambda tuned: {
            f"held-out {name}": str(share) for name, share in choice_accuracies(tuned, held_out).items()
        },
    )


def _make_trainer(recipe: Recipe, schedule: Schedule, tuned: FineTuned, rows: Rows, checkpoints: Path) -> Any:
    from codesteer.training.choice_trainer import ChoiceCollator, ChoiceTrainer

    transformers, datasets = import_library("transformers"), import_library("datasets")
    arguments = trainer_arguments(recipe, schedule, checkpoints, bool(rows[1]))
    del arguments["max_length"]  # rows are already clipped; the field is TRL's
    train_rows, held_out = ([*_with_reference(tuned, part)] for part in rows)
    return ChoiceTrainer(
        beta=recipe.dpo.beta,
        model=tuned.model,
        args=transformers.TrainingArguments(
            **arguments, remove_unused_columns=False, label_names=["chosen", "rejected"]
        ),
        processing_class=tuned.tokenizer,
        train_dataset=datasets.Dataset.from_list(train_rows),
        eval_dataset=datasets.Dataset.from_list(held_out) if held_out else None,
        data_collator=ChoiceCollator(tuned.tokenizer.pad_token_id),
    )


def _with_reference(tuned: FineTuned, rows: Sequence[ChoiceRow]) -> list[dict[str, Any]]:
    """Return the rows as plain values, with the initial model's margin between chosen and rejected class."""
    if not rows or rows[0].rejected == NO_LABEL:
        return [asdict(row) | {"reference": 0.0} for row in rows]
    scores = row_scores(tuned, rows)
    return [
        asdict(row) | {"reference": one[row.chosen] - one[row.rejected]}
        for row, one in zip(rows, scores, strict=True)
    ]
