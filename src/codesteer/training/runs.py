"""A training in progress: its folder, checkpoints, metrics, and how it is interrupted."""

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
from codesteer.files import write_text_atomically
from codesteer.models.libraries import import_library
from codesteer.models.progress import Notify, Steps
from codesteer.training.artefact import CARD, CHECKPOINTS_FOLDER, claim, partial_folder, require_absent
from codesteer.training.plots import save_lines
from codesteer.training.processes import is_main_process

SETTINGS_FILE, METRICS_FILE, PLOT_FILE = "settings.json", "metrics.jsonl", "loss.svg"
UNFINISHED = (SETTINGS_FILE, CHECKPOINTS_FOLDER)
"""What only an unfinished training needs."""
COMPLETE_MARKER = "complete.json"
"""Written into a checkpoint after all its other files."""
CURVES = {
    "loss": "loss",
    "nll": "negative log-likelihood",
    "eval_loss": "loss, held out",
    "eval_nll": "negative log-likelihood, held out",
    "rewards/margins": "margin",
    "eval_rewards/margins": "margin, held out",
}
"""What the plot calls the trainer's metrics."""


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """The folder of an unfinished training; the same command resumes it."""

    target: Path

    @property
    def folder(self) -> Path:
        """Folder of the unfinished training."""
        return partial_folder(self.target)

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.folder / CHECKPOINTS_FOLDER

    @contextmanager
    def started(self, settings: Mapping[str, Any]) -> Iterator[None]:
        """Create the folder, or resume in it; it is locked against other commands for the duration of the block.

        Raises:
            ConfigurationError: the output exists, another command is writing to it, or the folder was started with
                other settings.
        """
        if not is_main_process():
            require_absent(self.target)
            yield
            return
        if (self.target / CARD).is_file() and (self.target / CHECKPOINTS_FOLDER).is_dir():
            self.clean()
        with claim(self.target):
            self._require_settings(json.dumps(settings, indent=2, sort_keys=True) + "\n")
            yield

    def _require_settings(self, text: str) -> None:
        """Save the settings of the first start; refuse different ones later, and the files of other commands."""
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        path = self.folder / SETTINGS_FILE
        names = {entry.name for entry in self.folder.iterdir() if not entry.name.startswith(".")}
        if not path.exists() and names != {CHECKPOINTS_FOLDER}:
            raise ConfigurationError(f"{self.folder} holds other files; remove it or choose another --out")
        if path.exists() and path.read_bytes() != text.encode():
            raise ConfigurationError(
                f"{self.folder} was started with another recipe or other data; remove it or choose another --out"
            )
        write_text_atomically(path, text)

    def last_checkpoint(self) -> str | None:
        """Return the newest complete checkpoint; None if there is none."""
        whole = [path for path in self.checkpoints.glob("checkpoint-*") if (path / COMPLETE_MARKER).is_file()]
        return str(max(whole, key=lambda path: int(path.name.rpartition("-")[2]))) if whole else None

    def clean(self) -> None:
        """Remove from the finished artefact what only an unfinished training needs.

        Earlier, a kill would lose the training; a kill now leaves files that the next start of the command removes.
        """
        (self.target / SETTINGS_FILE).unlink(missing_ok=True)
        shutil.rmtree(self.target / CHECKPOINTS_FOLDER, ignore_errors=True)


def make_callback(run: TrainingRun, stop: "StopRequest", notify: Notify, steps: Steps) -> Any:
    """Return the trainer's callback: mark complete checkpoints, save metrics, count steps, stop on request."""
    transformers = import_library("transformers")

    class RunCallback(transformers.TrainerCallback):  # type: ignore[misc, name-defined]
        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
                write_text_atomically(folder / COMPLETE_MARKER, json.dumps({"step": state.global_step}))

        def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                write_metrics(run.folder, state.log_history)
                if line := _progress(state.log_history[-1], state.max_steps):
                    notify(line)

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            steps(state.global_step, state.max_steps)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            steps(state.global_step, state.max_steps)
            if stop.requested:
                control.should_save = control.should_training_stop = True

    return RunCallback()


@dataclass(slots=True)
class StopRequest:
    """Whether the training was asked to stop."""

    requested: bool = False


@contextmanager
def stop_on_signal(stop: StopRequest) -> Iterator[None]:
    """Turn the first Ctrl-C (or SIGTERM) into a stop after the current step; restore the handlers then."""
    signals = (signal.SIGINT, signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in signals}

    def ask(number: int, frame: FrameType | None) -> None:
        stop.requested = True
        signal.signal(number, before[number])

    for number in signals:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number in signals:
            signal.signal(number, before[number])


@contextmanager
def explain_out_of_memory(part: str) -> Iterator[None]:
    """Turn out-of-memory errors into advice.

    Args:
        part: the recipe's section, ``sft`` or ``dpo``.

    Raises:
        TrainingError: in place of the library's error.
    """
    torch = import_library("torch")
    advice = (
        f"out of memory: lower {part}.batch_size (and raise {part}.accumulation) or max_length, or set "
        "hardware.activation_checkpointing: true; then start again with a new --out"
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
    """Write the trainer's log as JSON lines."""
    write_text_atomically(folder / METRICS_FILE, "".join(json.dumps(entry) + "\n" for entry in log))


def plot_metrics(folder: Path, log: list[dict[str, Any]], title: str) -> None:
    """Plot losses and margins over the steps."""
    rows = [
        {"step": entry["step"], "series": label, "value": entry[name]}
        for entry in log
        for name, label in CURVES.items()
        if name in entry
    ]
    save_lines(folder / PLOT_FILE, rows, y="value", title=title)


def _progress(entry: Mapping[str, Any], steps: int) -> str:
    shown = {name: entry[name] for name in CURVES if name in entry}
    metrics = ", ".join(f"{name} {value:.4g}" for name, value in shown.items())
    return f"step {entry['step']} of {steps}: {metrics}" if metrics else ""
