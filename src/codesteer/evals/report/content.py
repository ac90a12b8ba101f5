"""What the report says, before it becomes a page or a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codesteer.evals.conduct import (
    STEERING,
    Conduct,
    Regret,
    VerdictQuality,
    code_shares,
    conduct_of,
    regret_of,
    verdict_quality,
)
from codesteer.evals.plan import Plan
from codesteer.evals.results import Result
from codesteer.evals.statistics import PAPER_COLUMNS, Interval, paper
from codesteer.evals.summary import (
    Paired,
    Summary,
    by_level,
    compare,
    methods_of,
    summarise,
    task_rates,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that a report shows."""

    plans: Sequence[Plan]
    methods: Sequence[str]
    models: Sequence[str]
    problems: int
    """Different items over all methods."""
    summaries: Sequence[Summary]
    paired: Sequence[Paired]
    """The first steering method against each other method."""
    rates: Mapping[str, Mapping[str, Interval]]
    paper_rates: Mapping[str, Mapping[str, float]]
    """The paper's columns that stand beside ours, by task."""
    levels: Mapping[tuple[str, int], Sequence[bool]]
    shares: Mapping[tuple[str, str], float]
    conduct: Sequence[Conduct]
    verdicts: Sequence[VerdictQuality]
    regret: Sequence[Regret]
    errors: Sequence[Result]
    results: Sequence[Result]


def content_of(plans: Sequence[Plan], results: Sequence[Result]) -> Content:
    """Work out a report's content.

    Args:
        plans: of the runs that the results come from.
        results: of one model or several; a method that ran with several models counts as one method a model.
    """
    named = _told_apart(_in_order(plans, results))
    methods = methods_of(named)
    rates = task_rates(named)
    return Content(
        plans=plans,
        methods=methods,
        models=sorted({result.model for result in named}),
        problems=len({result.item for result in named}),
        summaries=summarise(named),
        paired=_pairs(named, methods),
        rates=rates,
        paper_rates={
            task: {column: columns[column] for column in PAPER_COLUMNS}
            for task, columns in paper().items()
            if task in rates
        },
        levels=by_level(named),
        shares=code_shares(named),
        conduct=conduct_of(named),
        verdicts=verdict_quality(named),
        regret=regret_of(named),
        errors=[result for result in named if not result.scored],
        results=named,
    )


def _in_order(plans: Sequence[Plan], results: Sequence[Result]) -> list[Result]:
    """Sort by the order in which the plans name the methods: charts and tables follow it."""
    methods = list(dict.fromkeys(method for plan in plans for method in plan.methods))
    places = {method: place for place, method in enumerate(methods)}
    return sorted(results, key=lambda result: places.get(result.method, len(places)))


def _told_apart(results: Sequence[Result]) -> list[Result]:
    models = {result.model for result in results}
    if len(models) < 2:
        return list(results)
    return [replace(result, method=f"{result.method} · {result.model}") for result in results]


def _pairs(results: Sequence[Result], methods: Sequence[str]) -> list[Paired]:
    reference = next((method for method in methods if method.startswith(STEERING)), methods[0])
    pairs = (compare(results, reference, method) for method in methods if method != reference)
    return [pair for pair in pairs if pair is not None]
