"""The content of the report, independent of its format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codesteer.evals.diagnostics import (
    STEERING_PREFIX,
    CheckerAccuracy,
    ExperienceUse,
    Regret,
    TurnStatistics,
    checker_accuracy,
    code_shares,
    experience_use,
    regrets,
    turn_statistics,
)
from codesteer.evals.intervals import Interval
from codesteer.evals.learning_curve import CurvePoint, learning_curves
from codesteer.evals.plan import Plan
from codesteer.evals.report.run import Run
from codesteer.evals.report.runs import combined
from codesteer.evals.results import Result
from codesteer.evals.role_costs import RoleCost, role_costs
from codesteer.evals.scores import PAPER_COLUMNS, paper_rates
from codesteer.evals.summary import (
    PairedComparison,
    Summary,
    compare,
    method_names,
    outcomes_by_level,
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
    """Number of distinct items."""
    summaries: Sequence[Summary]
    paired: Sequence[PairedComparison]
    """The first steering method compared with every other method."""
    rates: Mapping[str, Mapping[str, Interval]]
    paper_rates: Mapping[str, Mapping[str, float]]
    """The paper's columns shown beside ours, by task."""
    levels: Mapping[tuple[str, int], Sequence[bool]]
    shares: Mapping[tuple[str, str], float]
    turn_statistics: Sequence[TurnStatistics]
    checker_accuracy: Sequence[CheckerAccuracy]
    regrets: Sequence[Regret]
    role_costs: Sequence[RoleCost]
    """By method and role; empty if only task models were called."""
    experience: Sequence[ExperienceUse]
    curves: Sequence[CurvePoint]
    """The learning curves of a stream; empty for other runs."""
    errors: Sequence[Result]
    results: Sequence[Result]


def build_content(runs: Sequence[Run]) -> Content:
    """Compute the content of a report.

    Args:
        runs: one or more runs; a method that was run with several models or settings is one method for each.
    """
    named = _with_model_names(combined(runs))
    methods = method_names(named)
    rates = task_rates(named)
    return Content(
        plans=[run.plan for run in runs],
        methods=methods,
        models=sorted({result.model for result in named}),
        problems=len({result.item for result in named}),
        summaries=summarise(named),
        paired=_pairs(named, methods),
        rates=rates,
        paper_rates={
            task: {column: columns[column] for column in PAPER_COLUMNS}
            for task, columns in paper_rates().items()
            if task in rates
        },
        levels=outcomes_by_level(named),
        shares=code_shares(named),
        turn_statistics=turn_statistics(named),
        checker_accuracy=checker_accuracy(named),
        regrets=regrets(named),
        role_costs=role_costs(named),
        experience=experience_use(named),
        curves=learning_curves(named),
        errors=[result for result in named if not result.scored],
        results=named,
    )


def _with_model_names(results: Sequence[Result]) -> list[Result]:
    models = {result.model for result in results}
    if len(models) < 2:
        return list(results)
    return [replace(result, method=f"{result.method} · {result.model}") for result in results]


def _pairs(results: Sequence[Result], methods: Sequence[str]) -> list[PairedComparison]:
    reference = next((method for method in methods if method.startswith(STEERING_PREFIX)), methods[0])
    pairs = (compare(results, reference, method) for method in methods if method != reference)
    return [pair for pair in pairs if pair is not None]
