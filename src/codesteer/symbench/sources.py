"""Where to get the official data of the seven tasks that come from data sets, pinned to commits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from codesteer.replies.latex import last_box

Row = Mapping[str, Any]

_BBH: Final = ("lukaemon/bbh", "982bb89fd79532a8ac676a61fc42eb1aeec63f99")
_GSM: Final = ("reasoning-machines/gsm-hard", "960448f73503112d4226baeb8eb41d3fb5ae2506")
_MATH: Final = ("EleutherAI/hendrycks_math", "21a5633873b6a120296cce3e2df9d5550074f4a3")
_CHOICE: Final = "\n\nOutput final answer with the format <<<answer>>>."
_NUMBER: Final = (
    "\n\nOutput final answer with the format <<<answer>>> such as <<<123.42>>>, <<<125.0>>>, <<<-9867>>>.\n"
    "Your answer: "
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file on the Hugging Face hub, and how to convert its rows to records."""

    repository: str
    revision: str
    """The commit, which pins the file's content."""
    file: str
    rows: int
    """Number of rows, as a check that is independent of the hub."""
    record: Callable[[Row], dict[str, Any]]
    """Converts a row to the fields of a record, without its id."""
    sha256: str = ""
    """SHA-256 of the file, if known; otherwise the first fetch records it."""


def boxed(solution: str) -> str:
    r"""Return the content of the last ``\boxed{…}`` (or ``\boxed x``) of a solution; empty if there is none."""
    return last_box(solution, closed=False) or ""


def _bbh(row: Row) -> dict[str, Any]:
    return {"question": row["input"] + _CHOICE, "answer": {"target": row["target"]}, "complexity": {}}


def _gsm(row: Row) -> dict[str, Any]:
    return {
        "question": row["input"] + _NUMBER,
        "answer": {"target": row["target"], "code": row["code"]},
        "complexity": {},
    }


def _math(row: Row) -> dict[str, Any]:
    answer = {name: row[name] for name in ("solution", "level", "type")}
    return {
        "question": row["problem"] + _NUMBER,
        "answer": {"target": boxed(row["solution"]), **answer},
        "complexity": {"level": row["level"]},
    }


def _of_bbh(name: str) -> Source:
    return Source(*_BBH, f"{name}/test-00000-of-00001.parquet", 250, _bbh)


def _of_math(name: str, rows: int) -> Source:
    return Source(*_MATH, f"{name}/train-00000-of-00001.parquet", rows, _math)


SOURCES: Final = {
    "date_understanding": _of_bbh("date_understanding"),
    "gsm_hard": Source(*_GSM, "gsmhardv2.jsonl", 1319, _gsm),
    "logical_deduction": _of_bbh("logical_deduction_seven_objects"),
    "math_counting_probability": _of_math("counting_and_probability", 771),
    "math_geometry": _of_math("geometry", 870),
    "navigation": _of_bbh("navigate"),
    "web_of_lies": _of_bbh("web_of_lies"),
}
"""The sources by task."""
