"""Ranges of the numbers in a run's state: finite, not negative, and of at most 64 bits, as checkpointers store them.

They work with the standard library alone, as the local sandbox does: pydantic asks for them when it checks a field.
"""

from collections.abc import Callable
from typing import Annotated, Any

MAX_NUMBER = 2**63 - 1


class Constraint:
    """What pydantic is to check of a field, in the words of its core schema, such as ``ge``."""

    def __init__(self, **checks: object) -> None:
        self._checks = checks

    def __get_pydantic_core_schema__(self, kind: Any, handler: Callable[[Any], Any]) -> Any:
        """Return the schema of the field's type with the checks."""
        return {**handler(kind), **self._checks}


Count = Annotated[int, Constraint(ge=0, le=MAX_NUMBER)]
Amount = Annotated[float, Constraint(ge=0, le=MAX_NUMBER, allow_inf_nan=False)]
"""Seconds or money."""
