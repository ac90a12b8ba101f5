"""Plots as SVG files, which need no browser and can be reviewed in git."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from codesteer.models.libraries import import_library

WIDTH, HEIGHT = 480, 220


def save_bars(path: Path, rows: Iterable[Mapping[str, Any]], *, x: str, colour: str, title: str) -> None:
    """Plot stacked bars of the column ``number`` over a category.

    Args:
        path: the SVG file.
        rows: objects with the columns ``x``, ``colour`` and ``number``.
        x: column of the category.
        colour: column that divides a bar.
        title: title of the plot.
    """
    altair = import_library("altair")
    chart = altair.Chart(altair.Data(values=[dict(row) for row in rows]), title=title)
    encoded = chart.mark_bar().encode(x=f"{x}:N", y="number:Q", color=f"{colour}:N")
    encoded.properties(width=WIDTH, height=HEIGHT).save(str(path))


def save_lines(path: Path, rows: Iterable[Mapping[str, Any]], *, y: str, title: str) -> None:
    """Plot lines over training steps, one for each value of the column ``series``.

    Args:
        path: the SVG file.
        rows: objects with the columns ``step``, ``series`` and ``value``.
        y: title of the vertical axis.
        title: title of the plot.
    """
    altair = import_library("altair")
    chart = altair.Chart(altair.Data(values=[dict(row) for row in rows]), title=title)
    encoded = chart.mark_line(point=True).encode(
        x="step:Q", y=altair.Y("value:Q", title=y, scale=altair.Scale(zero=False)), color="series:N"
    )
    encoded.properties(width=WIDTH, height=HEIGHT).save(str(path))
