"""One figure for how much work a program puts into the answer that it prints."""

import math

from codesteer.checkers.code_report import AnswerOrigin, CodeCounts, Technique

PRETENDS_BELOW = 1.0
"""A program whose score is lower only pretends to compute."""

_REACH: dict[AnswerOrigin, float] = {"computed": 1.0, "mixed": 0.5, "literal": 0.0, "none": 0.0}


def complexity_score(origin: AnswerOrigin, counts: CodeCounts, techniques: tuple[Technique, ...]) -> float:
    """Rates a program by its work and by whether that work reaches the answer.

    The formula is `reach * (1 + log2(1 + work))`, rounded to two decimals, where

    - `reach` is 1 when the answer is computed, 0.5 when it is mixed, 0 when it is a literal or nothing is printed;
    - `work = loops + clauses + branches / 2 + 2 * recursive_functions + loop_depth + techniques + 3 * solver`,
      with `clauses` the deepest comprehension nesting plus the number of comprehensions, `techniques` the number of
      different techniques, and `solver` 1 if a solver library is called.

    A bare product of two constants scores 2.0, a brute-force search about 4, backtracking over a grid 5 and more.
    Below `PRETENDS_BELOW` the work, however much of it there is, does not reach the answer, or only in part.
    It replaces the paper's score, a count of keywords in the text of the program.

    Args:
        origin: Where the printed answer comes from.
        counts: What the program contains.
        techniques: What it uses.
    """
    solver = any(technique.kind == "solver" for technique in techniques)
    clauses = counts.comprehensions + counts.comprehension_depth
    repetition = counts.loops + counts.loop_depth + clauses + 2 * counts.recursive_functions
    work = repetition + counts.branches / 2 + len(techniques) + 3 * solver
    return round(_REACH[origin] * (1 + math.log2(1 + work)), 2)
