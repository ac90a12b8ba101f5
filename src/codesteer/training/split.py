"""Split rows by question into training and held-out rows, the same way at every stage."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from codesteer.errors import TrainingError
from codesteer.training.rows import HELD_OUT, TRAIN, write_rows


class HasQuestion(Protocol):
    """A row of training data that belongs to a question."""

    @property
    def asked(self) -> str:
        """Hash of the question's text, the same for all sources of rows."""
        ...


Row = TypeVar("Row", bound=HasQuestion)


@dataclass(frozen=True, slots=True)
class HeldOutSplit(Generic[Row]):
    """Training rows, and held-out rows of other questions."""

    train: Sequence[Row]
    held_out: Sequence[Row]

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows of each kind."""
        return {"train": len(self.train), "held out": len(self.held_out)}

    def write(self, folder: Path, plain: Callable[[Row], Mapping[str, Any]]) -> None:
        """Write both files, one JSON object per row."""
        write_rows(folder / TRAIN, map(plain, self.train))
        write_rows(folder / HELD_OUT, map(plain, self.held_out))


def split_by_question(rows: Sequence[Row], share: float, kind: str) -> HeldOutSplit[Row]:
    """Split the rows by question.

    Args:
        rows: the selected rows.
        share: the share of questions to hold out.
        kind: name of the rows, for the error message.

    Raises:
        TrainingError: no training rows are left.
    """
    held_out = [row for row in rows if is_held_out(row.asked, share)]
    train = [row for row in rows if not is_held_out(row.asked, share)]
    if not train:
        raise TrainingError(f"all {len(rows)} {kind} are held out; sample more or lower --held-out")
    return HeldOutSplit(train, held_out)


def is_held_out(asked: str, share: float) -> bool:
    """Whether a question is held out; depends only on its text, so that all stages and sources agree."""
    digest = hashlib.sha256(f"codesteer.training/held-out/{asked}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share
