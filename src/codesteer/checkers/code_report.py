"""What static analysis says about a program that a model wrote.

The values are plain strings, numbers and tuples of such values, so that they survive JSON and a LangGraph
checkpoint; a checkpoint gives tuples back as lists, and the constructors turn them into tuples again.
"""

from dataclasses import dataclass, field
from typing import Literal

TechniqueKind = Literal["search", "symbolic", "numeric", "solver"]
"""How a program gets at its answer: trying candidates, rewriting symbols, calculating, or calling a solver."""

AnswerOrigin = Literal["computed", "literal", "mixed", "none"]
"""Where the printed answer comes from; see `CodeReport.answer_origin`."""

FindingKind = Literal[
    "syntax_error",
    "too_large",
    "too_deep",
    "empty_program",
    "endless_loop",
    "reads_input",
    "reads_file",
    "no_output",
    "answer_table",
    "prints_literal",
    "partly_literal",
    "empty_function",
    "uncalled_function",
    "no_computation",
    "unused_computation",
    "analysis_limit",
]
"""What can be wrong with a program as far as reading it shows, the most telling first."""

BLOCKING_FINDINGS: frozenset[FindingKind] = frozenset(
    {"syntax_error", "too_large", "too_deep", "empty_program"}
)
"""Findings after which there is no analysis: counts are zero and the origin is `none`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One technique that a program uses, with the places that show it."""

    kind: TechniqueKind
    lines: tuple[int, ...]
    """Lines that show it, ascending, at most ten."""
    evidence: str
    """A few words for each kind of sign, separated by semicolons."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.lines))


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

    lines: int = 0
    """Lines of text, blank ones included."""
    functions: int = 0
    """`def` and `async def`, methods included; lambdas are not counted."""
    classes: int = 0
    loops: int = 0
    """`for` and `while` statements."""
    loop_depth: int = 0
    """Deepest nesting of `for` and `while` statements within one function."""
    branches: int = 0
    """`if`, `elif`, conditional expressions, `case` blocks and conditions of comprehensions."""
    comprehensions: int = 0
    """List, set and dict comprehensions and generator expressions."""
    comprehension_depth: int = 0
    """Most `for` clauses around one element, those of enclosing comprehensions included."""
    recursive_functions: int = 0
    """Functions that reach themselves through calls within the file."""
    imports: int = 0
    """Distinct modules imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReport:
    """The symbolic checker's report on one program (paper: the "symbolic checker" of CodeSteer).

    The paper's checker counts keywords in the text; this report comes from the syntax tree and the data flow.
    """

    answer_origin: AnswerOrigin
    """Whether what is printed depends on computation.

    `computed`: it does. `literal`: the model wrote the answer down and the program repeats it. `mixed`: part of
    the answer, or its only possible value, is a literal. `none`: nothing that could be an answer is printed.
    """
    complexity: float
    """See `codesteer.checkers.complexity.complexity_score`; below 1.0 the code only pretends to compute."""
    techniques: tuple[Technique, ...] = ()
    """In the order search, symbolic, numeric, solver."""
    findings: tuple[Finding, ...] = ()
    """The most telling first, in the order of `FindingKind`; then by line."""
    counts: CodeCounts = field(default_factory=CodeCounts)
    imports: tuple[str, ...] = ()
    """Names of the imported modules, sorted."""

    def __post_init__(self) -> None:
        for name in ("techniques", "findings", "imports"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
