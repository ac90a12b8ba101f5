"""The steps that SFT and DPO share: run the trainer, resume, save, and finish the artefact."""

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from codesteer.models.adapters import TEMPLATE_FILE, FineTuned, ModelMetadata, write_metadata
from codesteer.models.libraries import import_library, silence_libraries
from codesteer.models.pretrained import Pretrained
from codesteer.models.progress import Notify, Steps
from codesteer.training.artefact import Card, Parent, finish_artefact
from codesteer.training.processes import is_main_process
from codesteer.training.recipe import Recipe
from codesteer.training.runs import (
    UNFINISHED,
    StopRequest,
    TrainingRun,
    explain_out_of_memory,
    make_callback,
    plot_metrics,
    stop_on_signal,
    write_metrics,
)

TOKENIZER_FILES = (
    "tokenizer*.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
)
TRAINER_LEFTOVERS = ("training_args.bin", "README.md")
"""Files that trainers add to a model: pickled local paths, and their own model card."""
Measure = Callable[[FineTuned], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob:
    """A training with everything it needs."""

    kind: Literal["sft", "dpo"]
    recipe: Recipe
    run: TrainingRun
    base: Pretrained
    """The base model of the result."""
    counts: dict[str, Any]
    parents: tuple[Parent, ...]
    make_trainer: Callable[[], tuple[Any, FineTuned]]
    notify: Notify
    steps: Steps
    measure: Measure | None = None
    """Measures the model before and after the training."""


def train(job: TrainingJob) -> Card:
    """Train to the end, resuming from the last complete checkpoint if there is one.

    Raises:
        TrainingError: out of memory.
        KeyboardInterrupt: stopped on request; a checkpoint is saved.
    """
    start = time.perf_counter()
    stop = StopRequest()
    with explain_out_of_memory(job.kind):
        silence_libraries()
        trainer, tuned = job.make_trainer()
        # Without its progress bar the trainer prints its log to standard output.
        trainer.remove_callback(import_library("transformers").trainer_callback.PrinterCallback)
        trainer.add_callback(make_callback(job.run, stop, job.notify, job.steps))
        checkpoint = job.run.last_checkpoint()
        if checkpoint:
            job.notify(f"resuming from {Path(checkpoint).name}")
        before = job.measure(tuned) if job.measure else {}
        with stop_on_signal(stop):
            trainer.train(resume_from_checkpoint=checkpoint)
        if stop.requested:
            raise KeyboardInterrupt
        after = job.measure(tuned) if job.measure else {}
    _save(job, trainer, tuned)
    if not is_main_process():
        return _card(job, trainer, {})
    measured = {f"{name}, before": value for name, value in before.items()}
    measured |= {f"{name}, after": value for name, value in after.items()}
    figures = {
        "seconds this time": round(time.perf_counter() - start, 1),
        "peak memory GiB": peak_memory_gib(),
    }
    write_metrics(job.run.folder, trainer.state.log_history)
    plot_metrics(job.run.folder, trainer.state.log_history, f"{job.run.target.name}: {job.kind}")
    made = _card(job, trainer, measured | figures)
    made = finish_artefact(job.run.folder, job.run.target, made, without=UNFINISHED)
    job.run.clean()
    return made


def peak_memory_gib() -> float:
    """Return the peak memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**30 if sys.platform == "darwin" else 2**20), 2)


def _card(job: TrainingJob, trainer: Any, figures: dict[str, Any]) -> Card:
    held_out = [entry["eval_loss"] for entry in trainer.state.log_history if "eval_loss" in entry]
    losses = {"held-out loss, before": held_out[0], "held-out loss, after": held_out[-1]} if held_out else {}
    config = {"recipe": job.recipe.model_dump(mode="json"), "base fingerprint": job.base.fingerprint}
    counts = job.counts | {"steps": trainer.state.global_step} | losses | figures
    return Card(kind=job.kind, config=config, counts=counts, parents=job.parents)


def _save(job: TrainingJob, trainer: Any, tuned: FineTuned) -> None:
    """Save the model; every process takes part, as weights may be sharded."""
    folder = job.run.folder
    trainer.save_model(str(folder))
    import_library("accelerate").PartialState().wait_for_everyone()
    if not is_main_process():
        return
    adapter = isinstance(tuned.model, import_library("peft").PeftModel)
    for pattern in (*TRAINER_LEFTOVERS, *(TOKENIZER_FILES if adapter else ())):
        for path in folder.glob(pattern):
            path.unlink()
    if adapter:
        _clean_adapter(job, folder, tuned)
    metadata = ModelMetadata(base=job.base.name, fingerprint=job.base.fingerprint, labels=tuned.labels)
    write_metadata(folder, metadata)


def _clean_adapter(job: TrainingJob, folder: Path, tuned: FineTuned) -> None:
    """Keep only what makes an adapter portable: no local paths, no copy of the base's tokenizer."""
    shutil.rmtree(folder / "ref", ignore_errors=True)
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = job.base.name
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / TEMPLATE_FILE).unlink(missing_ok=True)
    if tuned.tokenizer.chat_template != _base_template(job.base):
        (folder / TEMPLATE_FILE).write_text(tuned.tokenizer.chat_template, encoding="utf-8")


def _base_template(base: Pretrained) -> str | None:
    tokenizer = import_library("transformers").AutoTokenizer.from_pretrained(str(base.folder))
    template: str | None = tokenizer.chat_template
    return template
