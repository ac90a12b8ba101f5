"""How steering went: what the guide did, whether the checkers were right, what the best method would have been."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from codesteer.evals.record import RunRecord
from codesteer.evals.results import Result
from codesteer.evals.statistics import Interval, rate, wilson
from codesteer.evals.summary import methods_of, table_of

STEERING = "steer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How one method went about its problems."""

    method: str
    problems: int
    turns: Mapping[int, int]
    """Problems by number of turns used."""
    code_share: float
    """Share of replies that were programs."""
    text_answers: float
    """Share of problems whose first reply was text."""
    switches: float
    """Changes between text and code that the guide asked for, a problem."""
    fallbacks: int
    """Decisions taken by the rules because the guide's reply could not be read."""
    repeats: int
    """Turns that came to the answer of the turn before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictQuality:
    """How often the self-answer checker's verdicts were true."""

    method: str
    confirmed: int
    confirmed_right: Interval
    refuted: int
    refuted_wrong: Interval
    """Share of refuted answers that were right after all."""
    unclear: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """Steering against the best single method of each task, chosen with hindsight."""

    method: str
    tasks: int
    rate: float
    best_single: float
    """Mean over tasks of the best single method's rate."""
    worse_on: Sequence[str]
    """Tasks on which a single method did better."""


def conduct_of(results: Sequence[Result]) -> list[Conduct]:
    """A line for each method."""
    return [_conduct(method, list(_runs(results, method))) for method in methods_of(results)]


def verdict_quality(results: Sequence[Result]) -> list[VerdictQuality]:
    """Compare the checker's verdicts with ours on the same answers, for the methods that check."""
    lines = []
    for method in methods_of(results):
        judged = [pair for result in results if result.method == method for pair in _judged(result)]
        if judged:
            lines.append(_quality(method, judged))
    return lines


def regret_of(results: Sequence[Result]) -> list[Regret]:
    """A line for each steering method; none where no single method was run."""
    tables = {method: table_of(results, method) for method in methods_of(results)}
    singles = [table for method, table in tables.items() if not method.startswith(STEERING)]
    if not singles:
        return []
    lines = []
    for method in (method for method in tables if method.startswith(STEERING)):
        table = tables[method]
        best = {task: max(rate(single.get(task, ())) for single in singles) for task in table}
        lines.append(
            Regret(
                method=method,
                tasks=len(table),
                rate=sum(map(rate, table.values())) / max(1, len(table)),
                best_single=sum(best.values()) / max(1, len(best)),
                worse_on=sorted(task for task in table if rate(table[task]) < best[task]),
            )
        )
    return lines


def code_shares(results: Sequence[Result]) -> dict[tuple[str, str], float]:
    """Share of replies that were programs, by method and task."""
    replies: dict[tuple[str, str], list[bool]] = {}
    for result in results:
        if result.run is not None:
            modes = [turn.mode == "code" for turn in result.run.turns]
            replies.setdefault((result.method, result.task), []).extend(modes)
    return {key: rate(modes) for key, modes in replies.items() if modes}


def _conduct(method: str, runs: Sequence[RunRecord]) -> Conduct:
    turns = [turn for run in runs for turn in run.turns]
    pairs = [pair for run in runs for pair in pairwise(run.turns)]
    problems = max(1, len(runs))
    return Conduct(
        method=method,
        problems=len(runs),
        turns=dict(sorted(Counter(len(run.turns) for run in runs).items())),
        code_share=rate([turn.mode == "code" for turn in turns]),
        text_answers=rate([run.turns[0].mode == "text" for run in runs if run.turns]),
        switches=sum(before.guided != after.guided for before, after in pairs) / problems,
        fallbacks=sum(turn.fallback for turn in turns),
        repeats=sum(a.answer is not None and a.answer == b.answer for a, b in pairs),
    )


def _runs(results: Iterable[Result], method: str) -> Iterable[RunRecord]:
    return (result.run for result in results if result.method == method and result.run is not None)


def _judged(result: Result) -> Iterable[tuple[str, bool]]:
    turns = result.run.turns if result.run else ()
    return (
        (turn.verdict, right)
        for turn, right in zip(turns, result.turns_right, strict=False)
        if turn.verdict is not None
    )


def _quality(method: str, judged: Sequence[tuple[str, bool]]) -> VerdictQuality:
    confirmed = [right for verdict, right in judged if verdict == "confirmed"]
    refuted = [right for verdict, right in judged if verdict == "refuted"]
    return VerdictQuality(
        method=method,
        confirmed=len(confirmed),
        confirmed_right=wilson(sum(confirmed), len(confirmed)),
        refuted=len(refuted),
        refuted_wrong=wilson(sum(refuted), len(refuted)),
        unclear=len(judged) - len(confirmed) - len(refuted),
    )
