"""Solve a problem in geometry of the MATH training set; official items only.

More than a third of the problems describe their figure in Asymptote. Some answers are fractions, radicals or
tuples, or have a unit.
"""

from codesteer.symbench.math_task import MathTask


class MathGeometry(MathTask):
    """Geometry."""

    slug = "math_geometry"
    title = "MATH: geometry"


TASK = MathGeometry()
