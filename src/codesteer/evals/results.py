"""From a run's folder to its results: out of Inspect's logs, or out of the file that a report leaves."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError

from codesteer.errors import ConfigurationError, first_line
from codesteer.evals.plan import FILE, read_plan
from codesteer.evals.record import RECORD, RunRecord, from_json
from codesteer.evals.running import LOGS
from codesteer.files import replace_bytes

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample

STORED = "results.jsonl.gz"
Verdict = Literal["correct", "wrong", "unreadable", "missing", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a problem's transcript."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One problem, one method."""

    method: str
    model: str
    task: str
    item: str
    level: int
    flags: tuple[str, ...] = ()
    """Known defects of an official item."""
    strict: Verdict
    published: Verdict
    """What the reference's validator says."""
    reason: str = ""
    turns_right: tuple[bool, ...] = ()
    """Whether each turn's own answer was right."""
    run: RunRecord | None = None
    """None where an error left nothing."""
    transcript: tuple[Said, ...] = ()
    error: str = ""
    """What went wrong with models or sandbox; such a problem counts as not answered yet, never as wrong."""

    @property
    def scored(self) -> bool:
        """An infrastructure error is no verdict."""
        return self.strict != "error"

    @property
    def solved(self) -> bool:
        """Right by our rules."""
        return self.strict == "correct"


def read_results(folder: Path) -> list[Result]:
    """Return the results of a folder, a problem and method once each.

    Raises:
        ConfigurationError: the folder holds no run, or a file in it cannot be read.
    """
    read_plan(folder)
    logs = sorted((folder / LOGS).glob("*.eval"))
    if logs:
        return _latest(result for log in logs for result in _from_log(log))
    if (folder / STORED).is_file():
        return list(_stored(folder / STORED))
    raise ConfigurationError(f"{folder} holds no results yet ({FILE}, but neither {LOGS}/ nor {STORED})")


def store_results(results: Sequence[Result], file: Path) -> None:
    """Write results as compressed JSON lines, the same bytes for the same results."""
    lines = "".join(
        json.dumps(_plain(result), ensure_ascii=False, sort_keys=True) + "\n" for result in results
    )
    replace_bytes(file, gzip.compress(lines.encode(), mtime=0))


def _stored(file: Path) -> Iterator[Result]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield _read(line, f"{file}:{number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {file}: {error}") from error


def _read(line: str, where: str) -> Result:
    try:
        return _adapter().validate_json(line)
    except ValidationError as error:
        raise ConfigurationError(f"{where}: not a result: {error.errors()[0]['msg']}") from error


def _latest(results: Iterable[Result]) -> list[Result]:
    """Keep one result a problem and method: the newest one that has a verdict, else the newest error."""
    kept: dict[tuple[str, str], Result] = {}
    for result in results:
        key = (result.method, result.item)
        if result.scored or key not in kept or not kept[key].scored:
            kept[key] = result
    return list(kept.values())


def _from_log(file: Path) -> Iterator[Result]:
    from inspect_ai.log import read_eval_log

    try:
        log = read_eval_log(str(file), exclude_fields={"events", "attachments"})
    except Exception as error:
        # The reader raises what its zip and JSON parts raise; a log cut off by a crash must not hide the others.
        raise ConfigurationError(
            f"cannot read {file}: {error}; run the evaluation again to repair it"
        ) from error
    for sample in log.samples or []:
        yield _result(log, sample)


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
        strict="error" if failed else (scores["strict"].metadata or {})["outcome"],
        published="error" if failed else (scores["published"].metadata or {})["outcome"],
        reason="" if failed else scores["strict"].explanation or "",
        turns_right=() if failed else tuple((scores["strict"].metadata or {}).get("turns", ())),
        run=from_json(values[RECORD]) if RECORD in values else None,
        transcript=tuple(Said(role=message.role, text=message.text) for message in sample.messages),
        error=first_line(sample.error.message) if sample.error else "",
    )


def _plain(result: Result) -> dict[str, Any]:
    return dict(_adapter().dump_python(result, mode="json"))


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Result]:
    return TypeAdapter(Result)
