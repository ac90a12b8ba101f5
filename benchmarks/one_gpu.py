"""Train and measure guides on one GPU within a time limit: ``python benchmarks/one_gpu.py TREES OUT --base FOLDER``.

From finished trajectories to a guide that writes (SFT, then DPO) and one that classifies, each with its accuracy on the
held-out pairs, by the commands of docs/training.md. Every adapter is copied to OUT as soon as it is there, so that a
machine that is taken back leaves what was done. ``--dry-run`` does two steps of each on the CPU.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

RECIPE = "one-gpu-1.5b"
GUIDES = {"writes": (), "classifies": ("guide=classifies",)}
"""What each guide changes in the recipe."""
DRY_RUN = (
    "hardware.device=cpu",
    "hardware.precision=fp32",
    "hardware.activation_checkpointing=false",
    "sft.max_steps=2",
    "dpo.max_steps=2",
    "max_length=1024",
)
KEPT = ("adapter_model.safetensors", "adapter_config.json", "codesteer.json", "card.json", "metrics.jsonl")
"""What is copied of a trained guide."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command of ``codesteer train`` and the folder that it makes."""

    arguments: tuple[str, ...]
    makes: Path | None = None


def steps(trees: Path, work: Path, base: str, changes: Sequence[str]) -> Iterator[Step]:
    """Yield the commands in their order; the guide that writes comes first, then the one that classifies."""
    data, pairs = work / "conversations", work / "pairs"
    yield Step(("conversations", str(trees), "--out", str(data)), data)
    yield Step(("pairs", str(trees), "--out", str(pairs)), pairs)
    for name, own in GUIDES.items():
        sft, dpo = work / f"{name}-sft", work / f"{name}-dpo"
        settings = [part for change in (f"base={base}", *own, *changes) for part in ("--set", change)]
        yield Step(("sft", RECIPE, "--data", str(data), "--out", str(sft), *settings), sft)
        model = ("--model", str(sft), "--data", str(pairs))
        yield Step(("dpo", RECIPE, *model, "--out", str(dpo), *settings), dpo)
        yield Step(("accuracy", str(sft), str(dpo), "--pairs", str(pairs)))
    yield Step(("accuracy", base, "--pairs", str(pairs)))


def run(step: Step, out: Path, seconds: float) -> bool:
    """Run a command, unless its result is there; copy the result. Return whether it ended well and in time."""
    if step.makes is None or not step.makes.exists():
        started, limit = time.monotonic(), max(1.0, seconds)
        command = [sys.executable, "-m", "codesteer", "train", *step.arguments]
        try:
            done = subprocess.run(command, timeout=limit, capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            report(out, f"{step.arguments[0]}: stopped after {limit:.0f} s; the same command resumes it")
            return False
        name = " ".join(step.arguments[:2])
        report(out, f"{name}: {time.monotonic() - started:.0f} s, exit status {done.returncode}")
        report(out, done.stdout.strip() if done.returncode == 0 else done.stderr.strip()[-2000:])
        if done.returncode:
            return False
    if step.makes is not None:
        keep(step.makes, out / step.makes.name)
    return True


def keep(made: Path, target: Path) -> None:
    """Copy the small files of a result."""
    target.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        if (made / name).is_file():
            shutil.copy(made / name, target / name)


def report(out: Path, line: str) -> None:
    """Print a line and keep it."""
    print(line, flush=True)
    with (out / "report.txt").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def main() -> None:
    """Run all steps within the time limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--base", required=True, help="folder with the base's weights, or its name")
    parser.add_argument("--work", type=Path, default=Path("runs/one-gpu"), help="folder of the whole results")
    parser.add_argument("--seconds", type=float, default=540.0)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    options.work.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + options.seconds
    plan = steps(options.trees, options.work, options.base, DRY_RUN if options.dry_run else ())
    if not all(run(step, options.out, end - time.monotonic()) for step in plan):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
