"""SymBench: seeded symbolic tasks with rule-based verifiers; needs neither network nor models."""

from codesteer.symbench.item import Item, Outcome, Score
from codesteer.symbench.official import load_official
from codesteer.symbench.records import from_record, to_record
from codesteer.symbench.registry import load_task, tasks
from codesteer.symbench.seeds import SPLITS, Split
from codesteer.symbench.task import Task

__all__ = [
    "SPLITS",
    "Item",
    "Outcome",
    "Score",
    "Split",
    "Task",
    "from_record",
    "load_official",
    "load_task",
    "tasks",
    "to_record",
]
