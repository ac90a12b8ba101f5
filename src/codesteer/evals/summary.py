"""The results of a comparison in numbers: scores and costs of each method."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from codesteer.evals.intervals import (
    SIGNIFICANCE,
    Interval,
    OutcomesByTask,
    bootstrap_interval,
    paired_bootstrap,
    sign_test,
    wilson,
)
from codesteer.evals.matched import with_finished
from codesteer.evals.record import RunRecord
from codesteer.evals.results import Result
from codesteer.evals.scores import (
    average,
    normalised,
    normalised_rates,
    paper_best_rates,
    rate,
    scorable,
)
from codesteer.symbench import load_task
from codesteer.symbench.registry import slugs


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Mean cost per problem."""

    input_tokens: float
    cached_tokens: float
    output_tokens: float
    calls: float
    seconds: float
    """Time of models and programs."""
    sandbox_seconds: float
    dollars: float
    turns: float
    tokens_allowed: float | None
    """Mean of the paired token budgets; None without such budgets."""

    @property
    def tokens(self) -> float:
        """Input and output."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The results of one method."""

    method: str
    problems: int
    """Number of scored problems, without errors."""
    outcomes: Mapping[str, int]
    strict: Interval
    published: Interval
    pass_at_k: Interval | None
    """Share of problems on which any attempt was right; None if there was one attempt on every problem."""
    normalised: Interval | None
    """Average normalised score with the paper's best rates as maxima; None if no task has one."""
    normalised_seen: float | None
    normalised_unseen: float | None
    normalised_own: float | None
    """Average normalised score whose maxima are the best rates of this run's methods, on the same items and with the
    same model."""
    cost: Cost

    @property
    def selection_loss(self) -> float:
        """Share of problems on which a right attempt was not selected."""
        return self.pass_at_k.value - self.strict.value if self.pass_at_k else 0.0

    @property
    def generation_gap(self) -> float:
        """Share of problems on which no attempt was right."""
        return 1 - (self.pass_at_k or self.strict).value


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedComparison:
    """The difference between two methods on the items that both answered."""

    method: str
    other: str
    problems: int
    wins: int
    """Items that only the first method solved."""
    losses: int
    """Items that only the second method solved."""
    rate: Interval
    """Difference of mean task rates, in percentage points."""
    normalised: Interval | None
    """Difference of average normalised scores with the paper's maxima; None if no common task has one."""
    all_normalised: bool
    """Whether every common task has a normalised score."""

    @property
    def more_than_chance(self) -> bool:
        """Whether chance explains neither the difference nor the problems that one method solved alone.

        The bootstrap covers the choice of tasks, but has no spread with very few items; the sign test has no such
        limit, but takes items as independent.
        """
        same_direction = (self.difference.value > 0) == (self.wins > self.losses)
        unlikely = sign_test(self.wins, self.losses) < SIGNIFICANCE
        return self.difference.excludes_zero and unlikely and same_direction

    @property
    def difference(self) -> Interval:
        """The difference over all common problems: of normalised scores if every task has one, else of rates."""
        return self.normalised if self.normalised is not None and self.all_normalised else self.rate


def method_names(results: Iterable[Result]) -> list[str]:
    """Return the methods in order of first occurrence."""
    return list(dict.fromkeys(result.method for result in results))


def summarise(results: Sequence[Result]) -> list[Summary]:
    """Return the summary of each method."""
    return [_summary(results, method) for method in method_names(results)]


def outcomes_by_task(results: Iterable[Result], method: str) -> dict[str, list[bool]]:
    """Return whether a method solved each item, by task, in the order of the items' names."""
    table: dict[str, list[bool]] = {}
    chosen = (result for result in results if result.method == method and result.scored)
    for result in sorted(chosen, key=lambda result: (result.task, result.item)):
        table.setdefault(result.task, []).append(result.solved)
    return table


def compare(results: Sequence[Result], method: str, other: str) -> PairedComparison | None:
    """Compare two methods on their common items; None if there are none."""
    one, two = _scored(results, method), _scored(results, other)
    common = sorted(one.keys() & two.keys())
    if not common:
        return None
    first = outcomes_by_task([one[item] for item in common], method)
    second = outcomes_by_task([two[item] for item in common], other)
    maxima = paper_best_rates()
    usable = scorable(first, maxima)
    return PairedComparison(
        method=method,
        other=other,
        problems=len(common),
        wins=sum(one[item].solved and not two[item].solved for item in common),
        losses=sum(two[item].solved and not one[item].solved for item in common),
        rate=paired_bootstrap(first, second, lambda a, b: average(a) - average(b)),
        normalised=paired_bootstrap(
            usable,
            scorable(second, maxima),
            lambda a, b: normalised_rates(a, maxima) - normalised_rates(b, maxima),
        )
        if usable
        else None,
        all_normalised=len(usable) == len(first),
    )


def mean_cost(results: Sequence[Result]) -> Cost:
    """Return the mean cost of the problems that have a record."""
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
        tokens_allowed=_mean_allowed(runs),
    )


def _mean_allowed(runs: Iterable[RunRecord]) -> float | None:
    allowed = [run.tokens_allowed for run in runs if run.tokens_allowed is not None]
    return sum(allowed) / len(allowed) if allowed else None


def outcomes_by_level(results: Iterable[Result]) -> dict[tuple[str, int], list[bool]]:
    """Return whether items were solved, by method and level; items without a level are left out."""
    table: dict[tuple[str, int], list[bool]] = {}
    for result in results:
        if result.scored and result.level:
            table.setdefault((result.method, result.level), []).append(result.solved)
    return table


def _summary(results: Sequence[Result], method: str) -> Summary:
    table = outcomes_by_task(results, method)
    mine = [result for result in results if result.method == method]
    scored = [result for result in mine if result.scored]
    maxima = paper_best_rates()
    usable = scorable(table, maxima)
    return Summary(
        method=method,
        problems=len(scored),
        outcomes=Counter(_outcome(result) for result in mine),
        strict=wilson(sum(result.solved for result in scored), len(scored)),
        published=wilson(sum(result.published == "correct" for result in scored), len(scored)),
        pass_at_k=_pass_at_k(scored),
        normalised=bootstrap_interval(usable, lambda drawn: normalised_rates(drawn, maxima))
        if usable
        else None,
        normalised_seen=normalised(_seen_subset(table, seen=True), maxima),
        normalised_unseen=normalised(_seen_subset(table, seen=False), maxima),
        normalised_own=_normalised_by_run(results, method),
        cost=mean_cost(scored),
    )


def _pass_at_k(scored: Sequence[Result]) -> Interval | None:
    if all(len(result.run.turns) < 2 for result in scored if result.run is not None):
        return None
    return wilson(sum(result.any_right for result in scored), len(scored))


def _normalised_by_run(results: Sequence[Result], method: str) -> float | None:
    tasks = list(with_finished(results, method))
    best = {one.task: max(map(rate, [one.own, *one.others.values()])) for one in tasks}
    return normalised({one.task: one.own for one in tasks}, best)


def _seen_subset(table: OutcomesByTask, *, seen: bool) -> OutcomesByTask:
    known = set(slugs())
    return {
        task: outcomes for task, outcomes in table.items() if task in known and load_task(task).seen == seen
    }


def _outcome(result: Result) -> str:
    overflowed = result.run is not None and result.run.outcome == "context_overflow"
    return "context overflow" if overflowed and not result.solved else str(result.strict)


def _scored(results: Iterable[Result], method: str) -> dict[str, Result]:
    return {result.item: result for result in results if result.method == method and result.scored}


def task_rates(results: Sequence[Result]) -> dict[str, dict[str, Interval]]:
    """Return success rates with Wilson intervals by task, then method."""
    rates: dict[str, dict[str, Interval]] = {}
    for method in method_names(results):
        for task, outcomes in outcomes_by_task(results, method).items():
            rates.setdefault(task, {})[method] = wilson(sum(outcomes), len(outcomes))
    return dict(sorted(rates.items()))
