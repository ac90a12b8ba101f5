"""Solve a problem in counting or probability of the MATH training set; official items only.

Most answers are whole numbers or fractions.
"""

from codesteer.symbench.math_task import MathTask


class MathCountingProbability(MathTask):
    """Counting and probability."""

    slug = "math_counting_probability"
    title = "MATH: counting and probability"


TASK = MathCountingProbability()
