"""Diagnostics of steering: turns and modes, accuracy of the answer checker, regret against single methods."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from codesteer.checkers.answer_form import same_answer
from codesteer.evals.intervals import Interval, wilson
from codesteer.evals.matched import MatchedTask, with_any
from codesteer.evals.methods.names import uses_experience
from codesteer.evals.record import RunRecord
from codesteer.evals.results import Result
from codesteer.evals.scores import rate
from codesteer.evals.summary import method_names

STEERING_PREFIX = "steer"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStatistics:
    """How one method used its turns."""

    method: str
    problems: int
    turns: Mapping[int, int]
    """Number of problems by number of turns."""
    code_share: float
    """Share of replies that are programs."""
    text_first_share: float
    """Share of problems whose first reply is text."""
    switches: float
    """Switches between text and code that the guide asked for, per problem."""
    fallbacks: int
    """Decisions made by the rules because the guide's reply was unreadable."""
    repeats: int
    """Turns that repeat the previous turn's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerAccuracy:
    """How often the self-answer checker's verdicts were right."""

    method: str
    confirmed: int
    confirmed_right: Interval
    refuted: int
    refuted_wrong: Interval
    """Share of refuted answers that were right after all."""
    unclear: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """Steering compared with the best single method per task, chosen in hindsight: same items, same model."""

    method: str
    tasks: int
    problems: int
    """Number of items that steering and the single methods answered."""
    rate: float
    best_single: float
    """Mean over tasks of the best single method's rate."""
    worse_on: Sequence[str]
    """Tasks on which a single method is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceUse:
    """How a method with experience used remembered programs, in numbers of problems."""

    method: str
    problems: int
    recalled: int
    """A remembered program was run."""
    alone: int
    """Its answer was returned, and no attempt of the task model gave the same."""
    supported: int
    """Its answer was returned, and attempts of the task model gave the same."""
    wrong: int
    """Its answer was returned, wrong, and fewer than two attempts of the task model gave the same."""
    failures: int
    """The store or the learning failed, and the run went on without."""


def turn_statistics(results: Sequence[Result]) -> list[TurnStatistics]:
    """Return the turn statistics of each method."""
    return [_turn_statistics(method, list(_runs(results, method))) for method in method_names(results)]


def checker_accuracy(results: Sequence[Result]) -> list[CheckerAccuracy]:
    """Compare the checker's verdicts with our scores of the same answers, for methods with a checker."""
    lines = []
    for method in method_names(results):
        checked = [pair for result in results if result.method == method for pair in _checked_answers(result)]
        if checked:
            lines.append(_checker_accuracy(method, checked))
    return lines


def regrets(results: Sequence[Result]) -> list[Regret]:
    """Return the regret of each steering method; empty if no single method was run."""
    methods = method_names(results)
    singles = [method for method in methods if not method.startswith(STEERING_PREFIX)]
    steering = (method for method in methods if method not in singles)
    matched = ((method, [*with_any(results, method, singles)]) for method in steering)
    compared = ((method, [one for one in tasks if one.others]) for method, tasks in matched)
    return [_regret(method, tasks) for method, tasks in compared if tasks]


def _regret(method: str, tasks: Sequence[MatchedTask]) -> Regret:
    best = {one.task: max(map(rate, one.others.values())) for one in tasks}
    return Regret(
        method=method,
        tasks=len(tasks),
        problems=sum(len(one.own) for one in tasks),
        rate=sum(rate(one.own) for one in tasks) / len(tasks),
        best_single=sum(best.values()) / len(tasks),
        worse_on=sorted(one.task for one in tasks if rate(one.own) < best[one.task]),
    )


def code_shares(results: Sequence[Result]) -> dict[tuple[str, str], float]:
    """Return the share of replies that were programs, by method and task."""
    replies: dict[tuple[str, str], list[bool]] = {}
    for result in results:
        if result.run is not None:
            modes = [turn.mode == "code" for turn in result.run.turns]
            replies.setdefault((result.method, result.task), []).extend(modes)
    return {key: rate(modes) for key, modes in replies.items() if modes}


def experience_use(results: Sequence[Result]) -> list[ExperienceUse]:
    """Return how each method with experience used remembered programs."""
    return [_experience_use(method, results) for method in method_names(results) if uses_experience(method)]


def _experience_use(method: str, results: Sequence[Result]) -> ExperienceUse:
    scored = [result for result in results if result.method == method and result.scored]
    runs = [(result.run, result.solved) for result in scored if result.run is not None]
    support = [(_support(run), solved) for run, solved in runs]
    return ExperienceUse(
        method=method,
        problems=len(runs),
        recalled=sum(any(turn.recalled for turn in run.turns) for run, _ in runs),
        alone=sum(attempts == 0 for attempts, _ in support),
        supported=sum(attempts is not None and attempts > 0 for attempts, _ in support),
        wrong=sum(attempts is not None and attempts < 2 and not solved for attempts, solved in support),
        failures=sum(bool(run.experience_note) for run, _ in runs),
    )


def _support(run: RunRecord) -> int | None:
    """Return how many attempts of the task model support a remembered program's answer; None if another is given."""
    given = [turn for turn in run.turns if run.answer and same_answer(turn.answer or "", run.answer)]
    own = [turn for turn in given if not turn.recalled]
    return len(own) if len(own) < len(given) else None


def _turn_statistics(method: str, runs: Sequence[RunRecord]) -> TurnStatistics:
    turns = [turn for run in runs for turn in run.turns]
    pairs = [pair for run in runs for pair in pairwise(run.turns)]
    problems = max(1, len(runs))
    return TurnStatistics(
        method=method,
        problems=len(runs),
        turns=dict(sorted(Counter(len(run.turns) for run in runs).items())),
        code_share=rate([turn.mode == "code" for turn in turns]),
        text_first_share=rate([run.turns[0].mode == "text" for run in runs if run.turns]),
        switches=sum(before.guided != after.guided for before, after in pairs) / problems,
        fallbacks=sum(turn.fallback for turn in turns),
        repeats=sum(a.answer is not None and a.answer == b.answer for a, b in pairs),
    )


def _runs(results: Iterable[Result], method: str) -> Iterable[RunRecord]:
    return (result.run for result in results if result.method == method and result.run is not None)


def _checked_answers(result: Result) -> Iterable[tuple[str, bool]]:
    turns = result.run.turns if result.run else ()
    return (
        (turn.verdict, right)
        for turn, right in zip(turns, result.turns_right, strict=False)
        if turn.verdict is not None
    )


def _checker_accuracy(method: str, checked: Sequence[tuple[str, bool]]) -> CheckerAccuracy:
    confirmed = [right for verdict, right in checked if verdict == "confirmed"]
    refuted = [right for verdict, right in checked if verdict == "refuted"]
    return CheckerAccuracy(
        method=method,
        confirmed=len(confirmed),
        confirmed_right=wilson(sum(confirmed), len(confirmed)),
        refuted=len(refuted),
        refuted_wrong=wilson(sum(refuted), len(refuted)),
        unclear=len(checked) - len(confirmed) - len(refuted),
    )
