"""Solve a problem in geometry of the MATH training set; official items only.

A good third of the problems describe their figure in Asymptote. Some answers are fractions, radicals, tuples
or carry a unit.
"""

from codesteer.symbench.mathematics import MathTask


class MathGeometry(MathTask):
    """Geometry."""

    slug = "math_geometry"
    title = "MATH: geometry"


TASK = MathGeometry()
