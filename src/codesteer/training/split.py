"""Which questions are held out: always the same ones, so that no stage judges by what another learnt from."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from codesteer.errors import TrainingError
from codesteer.training.rows import HELD_OUT, TRAIN, write_rows


class Asked(Protocol):
    """A row of training data that belongs to a question."""

    @property
    def question(self) -> str:
        """The question's id."""
        ...


Row = TypeVar("Row", bound=Asked)


@dataclass(frozen=True, slots=True)
class Split(Generic[Row]):
    """Rows to learn from, and rows of other questions to judge by."""

    train: Sequence[Row]
    held_out: Sequence[Row]

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each."""
        return {"train": len(self.train), "held out": len(self.held_out)}

    def write(self, folder: Path, plain: Callable[[Row], Mapping[str, Any]]) -> None:
        """Write both files, a JSON object a row."""
        write_rows(folder / TRAIN, map(plain, self.train))
        write_rows(folder / HELD_OUT, map(plain, self.held_out))


def split(rows: Sequence[Row], share: float, kind: str) -> Split[Row]:
    """Part the rows by their questions.

    Args:
        rows: all that were kept.
        share: of the questions, to hold out.
        kind: what the rows are, for the error's text.

    Raises:
        TrainingError: nothing is left to learn from.
    """
    held_out = [row for row in rows if is_held_out(row.question, share)]
    train = [row for row in rows if not is_held_out(row.question, share)]
    if not train:
        raise TrainingError(f"all {len(rows)} {kind} are held out; sample more or lower --held-out")
    return Split(train, held_out)


def is_held_out(question_id: str, share: float) -> bool:
    """Whether a question belongs to the held-out share; decided by its id alone, the same at every stage."""
    digest = hashlib.sha256(f"codesteer.training/held-out/{question_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share
