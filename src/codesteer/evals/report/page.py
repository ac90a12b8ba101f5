"""The report as one self-contained HTML page."""

from importlib.resources import files
from itertools import groupby

from codesteer.evals.report import charts
from codesteer.evals.report.content import Content
from codesteer.evals.report.formatting import interval, percent, points, short, signed
from codesteer.evals.report.headline import headline
from codesteer.evals.report.markdown import about
from codesteer.evals.results import Result
from codesteer.evals.scores import PAPER_COLUMNS
from codesteer.guides.truncation import truncate_middle

MAX_MESSAGE_LENGTH = 4000
"""Number of characters shown of a message; the logs have all of it."""


def page(content: Content) -> str:
    """Return the report's HTML; every text from a model is escaped."""
    from jinja2 import Environment, StrictUndefined

    source = files("codesteer.evals.report").joinpath("page.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
    levels = {level for _, level in content.levels}
    return template.render(
        content=content,
        headline=headline(content.summaries, content.paired),
        about=about(content),
        columns=PAPER_COLUMNS,
        pareto=charts.pareto(content.summaries),
        difficulty=charts.difficulty(content.levels, content.methods) if len(levels) > 1 else "",
        tasks=charts.tasks(content.rates, content.methods),
        shares=charts.shares(content.shares, content.methods),
        by_task=_by_task(content),
        percent=percent,
        interval=interval,
        signed=signed,
        points=points,
        short=short,
        clip=lambda text: truncate_middle(text, MAX_MESSAGE_LENGTH),
    )


def _by_task(content: Content) -> list[tuple[str, list[Result]]]:
    ordered = sorted(content.results, key=lambda result: (result.task, result.item, result.method))
    return [(task, list(results)) for task, results in groupby(ordered, key=lambda result: result.task)]
