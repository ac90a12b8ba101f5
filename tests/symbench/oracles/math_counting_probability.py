"""The same kinds of answers as in geometry."""

from tests.symbench.oracles.math_geometry import TARGETS, accepts, item, mutants

__all__ = ["ITEMS", "accepts", "mutants"]

ITEMS = [item("math_counting_probability", number, target) for number, target in enumerate(TARGETS)]
