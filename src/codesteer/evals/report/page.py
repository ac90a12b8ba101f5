"""The report as one self-contained HTML page."""

from importlib.resources import files
from itertools import groupby

from codesteer.evals.learning_curve import WINDOW
from codesteer.evals.report import charts
from codesteer.evals.report.content import Content
from codesteer.evals.report.formatting import (
    counted,
    interval,
    percent,
    points,
    score,
    score_interval,
    short,
    signed,
)
from codesteer.evals.report.headline import headline
from codesteer.evals.report.markdown import about
from codesteer.evals.results import Result
from codesteer.evals.scores import PAPER_COLUMNS
from codesteer.guides.truncation import truncate_middle
from codesteer.pages import content_policy

MAX_MESSAGE_LENGTH = 4000
"""Number of characters shown of a message; the logs have all of it."""


def page(content: Content, viewer: str | None = None) -> str:
    """Return the report's HTML; every text from a model is escaped.

    Args:
        content: what to show.
        viewer: address of Inspect's viewer with the same transcripts, relative to the page.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template, script = environment.from_string(_part("page.html")), _part("script.html")
    levels = {level for _, level in content.levels}
    return template.render(
        content=content,
        viewer=viewer,
        script=script,
        policy=content_policy(script),
        headline=headline(content.summaries, content.paired),
        about=about(content),
        columns=PAPER_COLUMNS,
        pareto=charts.pareto(content.summaries),
        difficulty=charts.difficulty(content.levels, content.methods) if len(levels) > 1 else "",
        tasks=charts.tasks(content.rates, content.methods),
        shares=charts.shares(content.shares, content.methods),
        curves=[charts.learning(content.curves, content.methods, what) for what in charts.CURVES]
        if content.curves
        else [],
        window=WINDOW,
        by_task=_by_task(content),
        counted=counted,
        percent=percent,
        interval=interval,
        signed=signed,
        score=score,
        score_interval=score_interval,
        points=points,
        short=short,
        clip=lambda text: truncate_middle(text, MAX_MESSAGE_LENGTH),
    )


def _part(name: str) -> str:
    return files("codesteer.evals.report").joinpath(name).read_text(encoding="utf-8")


def _by_task(content: Content) -> list[tuple[str, list[Result]]]:
    ordered = sorted(content.results, key=lambda result: (result.task, result.item, result.method))
    return [(task, list(results)) for task, results in groupby(ordered, key=lambda result: result.task)]
