"""Read the results of a run from Inspect's logs or from the file that a report saves."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError

from codesteer.errors import LINE_LENGTH, ConfigurationError, first_error, first_line, one_line
from codesteer.evals.plan import LOG_FOLDER, PLAN_FILE, ROUND_FOLDER, read_plan
from codesteer.evals.record import PLACE_KEY, RECORD_KEY, RunRecord, from_json
from codesteer.files import read_gzip_lines, write_bytes_atomically

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample

RESULTS_FILE = "results.jsonl.gz"
ScoreOutcome = Literal["correct", "wrong", "unreadable", "missing", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptMessage:
    """One message of a problem's transcript."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of one method on one problem."""

    method: str
    model: str
    task: str
    item: str
    level: int
    flags: tuple[str, ...] = ()
    """Known defects of an official item."""
    place: int | None = None
    """Place of the question in a stream, from 1; None if the order does not matter."""
    strict: ScoreOutcome
    published: ScoreOutcome
    """Outcome by the official validator."""
    reason: str = ""
    turns_right: tuple[bool, ...] = ()
    """Whether each turn's answer was right."""
    run: RunRecord | None = None
    """None if an error left no record."""
    transcript: tuple[TranscriptMessage, ...] = ()
    error: str = ""
    """Error of a model or the sandbox; such a problem is unanswered, never wrong."""

    @property
    def scored(self) -> bool:
        """Whether there is a score: not after an infrastructure error."""
        return self.strict != "error"

    @property
    def solved(self) -> bool:
        """Whether the answer is right by our verifier."""
        return self.strict == "correct"

    @property
    def any_right(self) -> bool:
        """Whether any attempt was right: what a perfect selection would have solved (pass@k)."""
        return self.solved or (self.scored and any(self.turns_right))


def has_logs(folder: Path) -> bool:
    """Return whether the folder has logs of a run."""
    return bool(log_files(folder))


def has_results(folder: Path) -> bool:
    """Return whether a run in the folder has begun to answer problems; its logs may be gone since."""
    return (folder / PLAN_FILE).exists() and (has_logs(folder) or (folder / RESULTS_FILE).is_file())


def log_files(folder: Path) -> list[Path]:
    """Return the logs of a folder: those of finished methods, then those of the rounds under way."""
    return [file for name in (LOG_FOLDER, ROUND_FOLDER) for file in sorted((folder / name).glob("*.eval"))]


def read_results(folder: Path, *, skip_unreadable: bool = False) -> list[Result]:
    """Return the results of a folder, one per problem, method and model: those in logs, and saved ones without a log.

    Args:
        folder: the folder of a run.
        skip_unreadable: leave out logs that a crash truncated, and saved results that cannot be read.

    Raises:
        ConfigurationError: the folder holds no run, or an unreadable file.
    """
    read_plan(folder)
    if not has_results(folder):
        raise ConfigurationError(
            f"{folder} holds no results yet ({PLAN_FILE}, but neither {LOG_FOLDER}/ nor {RESULTS_FILE})"
        )
    logged = (result for log in log_files(folder) for result in _of_log(log, skip_unreadable))
    return latest_results([*_saved(folder, skip_unreadable), *logged])


def require_own_results(folder: Path) -> None:
    """Check that saved results are those of the folder's run, to which a command may add.

    Raises:
        ConfigurationError: they are those of other runs, which were reported together.
    """
    if (folder / RESULTS_FILE).exists() and not (folder / PLAN_FILE).exists():
        raise ConfigurationError(
            f"{folder} holds a report of other runs ({RESULTS_FILE}, but no {PLAN_FILE}); choose another --out"
        )


def items_without_log(folder: Path) -> dict[str, set[str]]:
    """Return the items whose scored results are saved but in no readable log, by method: they are done, too."""
    if not (saved := _saved(folder, skip_unreadable=True)):
        return {}
    logged = {
        (one.method, one.item) for log in log_files(folder) for one in _of_log(log, skip_unreadable=True)
    }
    items: dict[str, set[str]] = {}
    for result in saved:
        if result.scored and (result.method, result.item) not in logged:
            items.setdefault(result.method, set()).add(result.item)
    return items


def _saved(folder: Path, skip_unreadable: bool) -> list[Result]:
    try:
        return list(read_stored(folder / RESULTS_FILE)) if (folder / RESULTS_FILE).is_file() else []
    except ConfigurationError:
        if skip_unreadable:
            return []
        raise


def store_results(results: Sequence[Result], file: Path) -> None:
    """Write results as compressed JSON lines; the same results give the same bytes."""
    lines = "".join(
        json.dumps(_to_json(result), ensure_ascii=False, sort_keys=True) + "\n" for result in results
    )
    write_bytes_atomically(file, gzip.compress(lines.encode(), mtime=0))


def read_stored(file: Path) -> Iterator[Result]:
    """Yield the results in a file of ``store_results``; raises ConfigurationError if it is not one."""
    for number, line in enumerate(read_gzip_lines(file), 1):
        if line.strip():
            yield _parse_line(line, f"{file}:{number}")


def _parse_line(line: str, where: str) -> Result:
    try:
        return _adapter().validate_json(line)
    except ValidationError as error:
        raise ConfigurationError(f"{where}: not a valid result: {first_error(error)}") from error


def latest_results(results: Iterable[Result]) -> list[Result]:
    """Keep one result per problem, method and model: the newest scored one, else the newest error."""
    latest: dict[tuple[str, str, str], Result] = {}
    for result in results:
        key = (result.method, result.model, result.item)
        if result.scored or key not in latest or not latest[key].scored:
            latest[key] = result
    return list(latest.values())


def read_log(file: Path) -> list[Result]:
    """Return the results in one of Inspect's logs.

    Raises:
        ConfigurationError: the log cannot be read, or is not of a run of codesteer.
    """
    from inspect_ai.log import read_eval_log

    try:
        log = read_eval_log(str(file), exclude_fields={"events", "attachments"})
        return [_result(log, sample) for sample in log.samples or []]
    except Exception as error:
        # The reader passes on errors of its zip and JSON parts, and a log of another task lacks our values.
        raise ConfigurationError(
            f"cannot read {file}: {one_line(error)[:LINE_LENGTH]}; run the evaluation again: it sets the file aside "
            "and asks its problems again"
        ) from error


def _of_log(file: Path, skip_unreadable: bool) -> list[Result]:
    """Return the results in a log; a log truncated by a crash must not hide the others."""
    try:
        return read_log(file)
    except ConfigurationError:
        if skip_unreadable:
            return []
        raise


def _result(log: "EvalLog", sample: "EvalSample") -> Result:
    scores = sample.scores or {}
    failed = sample.error is not None or not scores
    values: Mapping[str, Any] = sample.metadata
    return Result(
        method=log.eval.task_args["method"],
        model=log.eval.model,
        task=values["task"],
        item=str(sample.id),
        level=values["level"],
        flags=tuple(values["flags"]),
        place=values.get(PLACE_KEY),
        strict="error" if failed else (scores["strict"].metadata or {})["outcome"],
        published="error" if failed else (scores["published"].metadata or {})["outcome"],
        reason="" if failed else scores["strict"].explanation or "",
        turns_right=() if failed else tuple((scores["strict"].metadata or {}).get("turns", ())),
        run=from_json(values[RECORD_KEY]) if RECORD_KEY in values else None,
        transcript=tuple(
            TranscriptMessage(role=message.role, text=message.text) for message in sample.messages
        ),
        error=first_line(sample.error.message) if sample.error else "",
    )


def _to_json(result: Result) -> dict[str, Any]:
    return dict(_adapter().dump_python(result, mode="json"))


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Result]:
    return TypeAdapter(Result)
