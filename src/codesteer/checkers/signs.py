"""A sign that a program uses a technique."""

from dataclasses import dataclass

from codesteer.checkers.code_report import TechniqueKind


@dataclass(frozen=True, slots=True)
class Sign:
    """One place in a program that shows a technique."""

    kind: TechniqueKind
    line: int
    words: str
    """What is done there, in a few words that start with a verb."""
