"""What static analysis says about a program that a model wrote.

The values are plain strings, numbers and tuples of such values, so that they survive JSON and a LangGraph
checkpoint; a checkpoint gives tuples back as lists, and the constructors turn them into tuples again.
"""

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["AnswerOrigin", "CodeCounts", "CodeReport", "Finding", "FindingKind"]

AnswerOrigin = Literal["computed", "literal", "mixed", "none"]
"""Where the printed answer comes from; see `CodeReport.answer_origin`."""

FindingKind = Literal[
    "syntax_error",
    "too_large",
    "too_deep",
    "empty_program",
    "no_output",
    "prints_literal",
    "partly_literal",
    "uncalled_function",
    "analysis_limit",
]
"""What can be wrong with a program as far as reading it shows, the most telling first."""

BLOCKING_FINDINGS: frozenset[FindingKind] = frozenset(
    {"syntax_error", "too_large", "too_deep", "empty_program"}
)
"""Findings after which there is no analysis: counts are zero and the origin is `none`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the guide should know about a program."""

    kind: FindingKind
    line: int
    """Where it is, counted from 1; 0 when it concerns the whole program."""
    message: str
    """One sentence that names what is wrong and, where it helps, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCounts:
    """How much of what a program contains, counted in its syntax tree."""

    loops: int = 0
    """`for` and `while` statements, and `for` clauses of comprehensions."""
    branches: int = 0
    """`if`, `elif`, conditional expressions, `case` blocks and conditions of comprehensions."""
    calls: int = 0
    operators: int = 0
    """Arithmetic and logical operators and comparisons."""
    imports: int = 0
    """Modules imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReport:
    """The symbolic checker's report on one program (paper: the "symbolic checker" of CodeSteer).

    The paper's checker searches the text for keywords; this report comes from the syntax tree and the data flow.
    """

    answer_origin: AnswerOrigin
    """Whether what is printed depends on computation.

    `computed`: it does. `literal`: the model wrote the answer down and the program repeats it. `mixed`: part of
    the answer, or its only possible value, is a literal. `none`: nothing that could be an answer is printed.
    """
    complexity: float
    """See `codesteer.checkers.complexity.complexity_score`; below 1.0 the code only pretends to compute."""
    findings: tuple[Finding, ...] = ()
    """The most telling first, in the order of `FindingKind`; then by line."""
    counts: CodeCounts = field(default_factory=CodeCounts)

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(self.findings))
