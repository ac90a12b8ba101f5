"""Where the official data of the seven tasks that come from data sets can be had, pinned to a commit."""

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
    """A file on the Hugging Face hub, and how its rows become records."""

    repository: str
    revision: str
    """The commit, which fixes every byte of the file."""
    file: str
    rows: int
    """How many there are, as a check that does not depend on the hub."""
    record: Callable[[Row], dict[str, Any]]
    """From a row to the fields of a record, its id excepted."""
    sha256: str = ""
    """Of the file, where it is known; otherwise what the first fetch recorded counts."""


def boxed(solution: str) -> str:
    r"""The content of the last ``\boxed{…}`` (or ``\boxed x``) of a solution; empty if there is none."""
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
"""By task."""
