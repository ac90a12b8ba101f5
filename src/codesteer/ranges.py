"""Ranges of the numbers in a run's state: finite, not negative, and of at most 64 bits, as checkpointers store them."""

from typing import Annotated

from pydantic import Field

MAX_NUMBER = 2**63 - 1

Count = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
Amount = Annotated[float, Field(ge=0, le=MAX_NUMBER, allow_inf_nan=False)]
"""Seconds or money."""
