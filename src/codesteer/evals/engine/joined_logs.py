"""One Inspect log for each method: the rounds of a run are joined once they are finished."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.names import method_slug
from codesteer.evals.plan import LOG_FOLDER, ROUND_FOLDER
from codesteer.files import atomic_replace

if TYPE_CHECKING:
    from inspect_ai.log import EvalDataset, EvalLog, EvalSample, EvalStats

Key = TypeVar("Key")
Value = TypeVar("Value")


def join_rounds(folder: Path) -> None:
    """Move the samples of finished rounds into the logs of their methods; unfinished rounds stay as they are.

    If it is interrupted, some samples are in both places; the next call finishes the work.

    Raises:
        OSError: a log cannot be written; nothing is lost.
    """
    from inspect_ai.log import read_eval_log

    rounds = folder / ROUND_FOLDER
    logs = sorted(rounds.glob("*.eval"))
    finished = [(file, header) for file in logs if (header := _header(file)) and header.status == "success"]
    by_method = _grouped((method_of(header), file) for file, header in finished)
    (folder / LOG_FOLDER).mkdir(exist_ok=True)
    for method, files in by_method.items():
        joined = joined_log(folder, method)
        parts = [read_eval_log(str(file)) for file in ([joined] if joined.exists() else []) + files]
        _write(_join(parts), joined)
    tasks = {header.eval.task_id for _, header in finished}
    earlier = {file for file in logs if _task_id(file) in tasks}
    _remove(rounds, earlier.union(file for file, _ in finished))


def joined_log(folder: Path, method: str) -> Path:
    """Return the file of a method's log."""
    return folder / LOG_FOLDER / f"{method_slug(method)}.eval"


def joined_items(folder: Path, method: str) -> frozenset[str]:
    """Return the names of the items in a method's log.

    Raises:
        ConfigurationError: the log cannot be read.
    """
    file = joined_log(folder, method)
    if not file.exists():
        return frozenset()
    if (header := _header(file)) is None:
        raise ConfigurationError(f"cannot read {file}; run the command again: it sets the file aside")
    return frozenset(map(str, header.eval.dataset.sample_ids or ()))


def method_of(log: "EvalLog") -> str:
    """Return the method whose answers a log holds."""
    return str(log.eval.task_args["method"])


def _task_id(file: Path) -> str:
    """Return the id of a log's task from its name: a crash may have left earlier logs that cannot be read."""
    return file.stem.rpartition("_")[2]


def _header(file: Path) -> "EvalLog | None":
    """Return a log without its samples; None if a crash truncated it."""
    from inspect_ai.log import read_eval_log

    try:
        return read_eval_log(str(file), header_only=True)
    except Exception:  # the reader passes on errors of its zip and JSON parts
        return None


def _join(parts: Sequence["EvalLog"]) -> "EvalLog":
    """Join logs of one method; of a sample that several hold, the last counts."""
    from inspect_ai.log import recompute_metrics

    samples = {str(sample.id): sample for part in parts for sample in part.samples or []}
    first = parts[0]
    indexes = [index for part in parts for index in _indexes(part.eval.task_args)]
    arguments = {"first": min(indexes), "samples": max(indexes) + 1 - min(indexes)}
    spec = first.eval.model_copy(
        update={
            "task_args": first.eval.task_args | arguments,
            "dataset": _dataset(first, list(samples.values())),
        }
    )
    joined = first.model_copy(
        update={"eval": spec, "samples": list(samples.values()), "stats": _stats(parts), "location": ""}
    )
    if joined.results is not None:
        joined.results.logged_samples = len(samples)
    recompute_metrics(joined)
    return joined


def _indexes(arguments: Mapping[str, int]) -> range:
    """Return the indexes of a round's items."""
    first = arguments.get("first", 0)
    return range(first, first + arguments.get("samples", 1))


def _dataset(log: "EvalLog", samples: Sequence["EvalSample"]) -> "EvalDataset":
    ids = [sample.id for sample in samples]
    return log.eval.dataset.model_copy(update={"samples": len(ids), "sample_ids": ids})


def _stats(parts: Sequence["EvalLog"]) -> "EvalStats":
    """Add up what the parts used."""
    stats = [part.stats for part in parts]
    return stats[0].model_copy(
        update={
            "started_at": min(one.started_at for one in stats),
            "completed_at": max(one.completed_at for one in stats),
            "model_usage": _added(pair for one in stats for pair in one.model_usage.items()),
            "role_usage": _added(pair for one in stats for pair in one.role_usage.items()),
        }
    )


def _added(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, Value]:
    return {key: reduce(add, values) for key, values in _grouped(pairs).items()}


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    grouped: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return grouped


def _write(log: "EvalLog", file: Path) -> None:
    from inspect_ai.log import write_eval_log

    with atomic_replace(file) as temporary:
        write_eval_log(log, temporary, format="eval")


def _remove(rounds: Path, files: Iterable[Path]) -> None:
    """Remove logs, and the folder with Inspect's notes once it holds no other log."""
    for file in files:
        file.unlink()
    if rounds.exists() and not any(rounds.glob("*.eval")):
        shutil.rmtree(rounds)
