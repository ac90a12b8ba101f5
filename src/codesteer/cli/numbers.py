"""Numbers that the ranges of Typer's options let pass: inf is in every open one, nan in older versions in all."""

import math

import typer


def not_nan(value: float | None) -> float | None:
    """Return an option's value; refuse nan."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan is not a number")
    return value


def finite(value: float | None) -> float | None:
    """Return an option's value; refuse nan and inf."""
    if value is not None and math.isinf(value):
        raise typer.BadParameter("give a finite number")
    return not_nan(value)
