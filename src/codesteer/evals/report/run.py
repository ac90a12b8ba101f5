"""A run as a report reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from codesteer.evals.plan import Plan
from codesteer.evals.results import Result


@dataclass(frozen=True, slots=True)
class Run:
    """A run's plan and its results."""

    plan: Plan
    results: Sequence[Result]
