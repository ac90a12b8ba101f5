"""A training under way: its folder until it is finished, its checkpoints, its log, its ends."""

import json
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.files import replace_text
from codesteer.models.libraries import need
from codesteer.models.pretrained import Say
from codesteer.training.artefact import partial_folder, require_free
from codesteer.training.plots import save_lines
from codesteer.training.processes import is_main_process

SETTINGS, CHECKPOINTS, METRICS, PLOT = "settings.json", "checkpoints", "metrics.jsonl", "loss.svg"
WHOLE = "whole.json"
"""Written into a checkpoint when all its other files are there."""
PLOTTED = ("loss", "nll", "eval_loss", "eval_nll", "rewards/margins", "eval_rewards/margins")


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """The folder of an unfinished training; the same command goes on with it."""

    target: Path

    @property
    def folder(self) -> Path:
        """Where everything is until the training is finished."""
        return partial_folder(self.target)

    @property
    def checkpoints(self) -> Path:
        """Where the trainer saves."""
        return self.folder / CHECKPOINTS

    def begin(self, settings: Mapping[str, Any]) -> None:
        """Make the folder, or go on in it.

        Raises:
            ConfigurationError: the result is there already, or the folder was begun with other settings.
        """
        require_free(self.target)
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        path, text = self.folder / SETTINGS, json.dumps(settings, indent=2, sort_keys=True) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise ConfigurationError(
                f"{self.folder} was begun with another recipe or other data; remove it or give another --out"
            )
        if is_main_process():
            replace_text(path, text)

    def last_checkpoint(self) -> str | None:
        """The newest checkpoint that was written to its end; None if there is none."""
        whole = [path for path in self.checkpoints.glob("checkpoint-*") if (path / WHOLE).is_file()]
        return str(max(whole, key=lambda path: int(path.name.rpartition("-")[2]))) if whole else None

    def clean(self) -> None:
        """Remove what only an unfinished training needs."""
        shutil.rmtree(self.checkpoints)
        (self.folder / SETTINGS).unlink()


def make_callback(run: TrainingRun, stop: "Stop", say: Say) -> Any:
    """Return the trainer's callback: it marks whole checkpoints, keeps the log, and ends the training on request."""
    transformers = need("transformers")

    class Keeper(transformers.TrainerCallback):  # type: ignore[misc, name-defined]
        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
                replace_text(folder / WHOLE, json.dumps({"step": state.global_step}))

        def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                write_metrics(run.folder, state.log_history)
                if line := _progress(state.log_history[-1], state.max_steps):
                    say(line)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if stop.asked:
                control.should_save = control.should_training_stop = True

    return Keeper()


@dataclass(slots=True)
class Stop:
    """Whether somebody asked the training to stop."""

    asked: bool = False


@contextmanager
def stop_on_signal(stop: Stop) -> Iterator[None]:
    """Turn the first Ctrl-C (or SIGTERM) into a stop after the step under way; the second one works as ever."""
    signals = (signal.SIGINT, signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in signals}

    def ask(number: int, frame: FrameType | None) -> None:
        stop.asked = True
        signal.signal(number, before[number])

    for number in signals:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number in signals:
            signal.signal(number, before[number])


@contextmanager
def failures_in_words(part: str) -> Iterator[None]:
    """Say what to do about running out of memory.

    Args:
        part: the recipe's part under way, ``sft`` or ``dpo``.

    Raises:
        TrainingError: instead of the library's own error.
    """
    torch = need("torch")
    advice = (
        f"out of memory: lower {part}.batch_size (and raise {part}.accumulation) or max_length, or set "
        "hardware.activation_checkpointing: true; the same --out then has to be begun anew"
    )
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(advice) from error
    except RuntimeError as error:
        if "can't allocate memory" in str(error) or "not enough memory" in str(error):
            raise TrainingError(advice) from error
        raise


def write_metrics(folder: Path, log: list[dict[str, Any]]) -> None:
    """Write the trainer's log, an object a line."""
    replace_text(folder / METRICS, "".join(json.dumps(entry) + "\n" for entry in log))


def plot_metrics(folder: Path, log: list[dict[str, Any]], title: str) -> None:
    """Draw the losses and margins over the steps."""
    rows = [
        {"step": entry["step"], "series": name, "value": entry[name]}
        for entry in log
        for name in PLOTTED
        if name in entry
    ]
    save_lines(folder / PLOT, rows, y="value", title=title)


def _progress(entry: Mapping[str, Any], steps: int) -> str:
    shown = {name: entry[name] for name in PLOTTED if name in entry}
    figures = ", ".join(f"{name} {value:.4g}" for name, value in shown.items())
    return f"step {entry['step']} of {steps}: {figures}" if figures else ""
