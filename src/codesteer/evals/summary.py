"""A comparison's figures: what each method reached and what it cost; pure functions of results."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from codesteer.evals.results import Result
from codesteer.evals.statistics import (
    SEPARATOR,
    Interval,
    Table,
    average,
    difference,
    normalised,
    own_maxima,
    paper_maxima,
    wilson,
    with_interval,
)
from codesteer.symbench import load_task
from codesteer.symbench.registry import slugs


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Means a problem."""

    input_tokens: float
    cached_tokens: float
    output_tokens: float
    calls: float
    seconds: float
    """Models and programs."""
    sandbox_seconds: float
    dollars: float
    turns: float

    @property
    def tokens(self) -> float:
        """In and out."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One method's line."""

    method: str
    problems: int
    """Scored ones; errors are not among them."""
    outcomes: Mapping[str, int]
    strict: Interval
    published: Interval
    normalised: Interval
    """Average normalised score, maxima frozen to the paper's."""
    normalised_seen: float
    normalised_unseen: float
    normalised_own: float
    """The same with the best rates of this run as maxima."""
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """How much better one method is than another on the items that both were asked."""

    method: str
    other: str
    problems: int
    wins: int
    """Solved by the first alone."""
    losses: int
    rate: Interval
    """Difference of mean task rates, in points of a hundred."""
    normalised: Interval
    """Difference of average normalised scores with the paper's maxima."""


def methods_of(results: Iterable[Result]) -> list[str]:
    """The methods in the order in which they first occur."""
    return list(dict.fromkeys(result.method for result in results))


def summarise(results: Sequence[Result]) -> list[Summary]:
    """A line for each method."""
    tables = {method: table_of(results, method) for method in methods_of(results)}
    own = own_maxima(list(tables.values()))
    return [_summary(results, method, table, own) for method, table in tables.items()]


def table_of(results: Iterable[Result], method: str) -> dict[str, list[bool]]:
    """A method's verdicts by task, in the order of the items' names."""
    table: dict[str, list[bool]] = {}
    chosen = (result for result in results if result.method == method and result.scored)
    for result in sorted(chosen, key=lambda result: (result.task, result.item)):
        table.setdefault(result.task, []).append(result.solved)
    return table


def compare(results: Sequence[Result], method: str, other: str) -> Paired | None:
    """Compare two methods on common items; None where there are none."""
    one, two = _scored(results, method), _scored(results, other)
    common = sorted(one.keys() & two.keys())
    if not common:
        return None
    first = table_of([one[item] for item in common], method)
    second = table_of([two[item] for item in common], other)
    maxima = paper_maxima()
    return Paired(
        method=method,
        other=other,
        problems=len(common),
        wins=sum(one[item].solved and not two[item].solved for item in common),
        losses=sum(two[item].solved and not one[item].solved for item in common),
        rate=difference(first, second, lambda a, b: average(a) - average(b)),
        normalised=difference(first, second, lambda a, b: _by_paper(a, maxima) - _by_paper(b, maxima)),
    )


def cost_of(results: Sequence[Result]) -> Cost:
    """Means over the problems that left a record."""
    runs = [result.run for result in results if result.run is not None]

    def mean(figures: Iterable[float]) -> float:
        return sum(figures) / len(runs) if runs else 0.0

    return Cost(
        input_tokens=mean(run.total.input_tokens for run in runs),
        cached_tokens=mean(run.total.cached_tokens for run in runs),
        output_tokens=mean(run.total.output_tokens for run in runs),
        calls=mean(run.total.calls for run in runs),
        seconds=mean(run.seconds for run in runs),
        sandbox_seconds=mean(run.sandbox_seconds for run in runs),
        dollars=mean(run.total.cost for run in runs),
        turns=mean(len(run.turns) for run in runs),
    )


def by_level(results: Iterable[Result]) -> dict[tuple[str, int], list[bool]]:
    """Verdicts by method and level, of items that have a level."""
    table: dict[tuple[str, int], list[bool]] = {}
    for result in results:
        if result.scored and result.level:
            table.setdefault((result.method, result.level), []).append(result.solved)
    return table


def _summary(results: Sequence[Result], method: str, table: Table, own: Mapping[str, float]) -> Summary:
    mine = [result for result in results if result.method == method]
    scored = [result for result in mine if result.scored]
    maxima = paper_maxima()
    return Summary(
        method=method,
        problems=len(scored),
        outcomes=Counter(_outcome(result) for result in mine),
        strict=wilson(sum(result.solved for result in scored), len(scored)),
        published=wilson(sum(result.published == "correct" for result in scored), len(scored)),
        normalised=with_interval(table, lambda drawn: _by_paper(drawn, maxima)),
        normalised_seen=_by_paper(_part(table, seen=True), maxima),
        normalised_unseen=_by_paper(_part(table, seen=False), maxima),
        normalised_own=normalised(table, own),
        cost=cost_of(scored),
    )


def _by_paper(table: Table, maxima: Mapping[str, float]) -> float:
    """Normalise tables and resamples of them, whose tasks carry the number of their copy."""
    return normalised(table, {name: maxima.get(name.partition(SEPARATOR)[0], 0.0) for name in table})


def _part(table: Table, *, seen: bool) -> Table:
    known = set(slugs())
    return {
        task: verdicts for task, verdicts in table.items() if task in known and load_task(task).seen == seen
    }


def _outcome(result: Result) -> str:
    overflowed = result.run is not None and result.run.outcome == "context_overflow"
    return "context overflow" if overflowed and not result.solved else str(result.strict)


def _scored(results: Iterable[Result], method: str) -> dict[str, Result]:
    return {result.item: result for result in results if result.method == method and result.scored}


def task_rates(results: Sequence[Result]) -> dict[str, dict[str, Interval]]:
    """Success rates with Wilson intervals by task, then method."""
    rates: dict[str, dict[str, Interval]] = {}
    for method in methods_of(results):
        for task, verdicts in table_of(results, method).items():
            rates.setdefault(task, {})[method] = wilson(sum(verdicts), len(verdicts))
    return dict(sorted(rates.items()))
