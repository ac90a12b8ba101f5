"""The report's numbers from made-up results that can be checked by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.support.results import result, turn

from codesteer.evals.diagnostics import checker_accuracy, regrets, turn_statistics
from codesteer.evals.record import RunRecord
from codesteer.evals.results import Result
from codesteer.evals.summary import PairedComparison, compare, outcomes_by_level, summarise, task_rates
from codesteer.models.usage import Usage

RESULTS = [
    result("code", "letters", "1", solved=True),
    result("code", "letters", "2", solved=False),
    result("code", "game24", "1", solved=False, strict="unreadable"),
    result("steer:rules", "letters", "1", solved=True),
    result("steer:rules", "letters", "2", solved=True),
    result(
        "steer:rules", "game24", "1", solved=False, strict="error", published="error", error="endpoint down"
    ),
]


def test_errors_are_counted_but_never_scored() -> None:
    code, steer = summarise(RESULTS)
    assert code.problems == 3
    assert code.strict.value == pytest.approx(1 / 3)
    assert code.outcomes == {"correct": 1, "wrong": 1, "unreadable": 1}
    assert (steer.problems, steer.strict.value) == (2, 1.0)
    assert steer.outcomes["error"] == 1


def test_normalised_scores_name_their_maxima() -> None:
    code, steer = summarise(RESULTS)
    assert steer.normalised is not None
    assert code.normalised is not None
    assert steer.normalised.value == pytest.approx(100.0), "the paper's best on letters is 100 %"
    assert code.normalised.value == pytest.approx(25.0), "half of letters, none of game24"
    assert steer.normalised_seen is None, "no seen task was asked"
    assert steer.normalised_unseen == pytest.approx(100.0)
    assert code.normalised_own == pytest.approx(50.0), "game24 was solved by nobody and is left out"
    assert code.normalised_seen == 0.0
    assert code.normalised_unseen == pytest.approx(50.0)


def test_costs_are_means_per_problem() -> None:
    cost = summarise(RESULTS)[0].cost
    assert (cost.tokens, cost.calls, cost.seconds, cost.sandbox_seconds) == (150, 1, 2.5, 0.5)


def test_pairs_use_the_items_that_both_were_scored_on() -> None:
    pair = compare(RESULTS, "steer:rules", "code")
    assert pair is not None
    assert (pair.problems, pair.wins, pair.losses) == (2, 1, 0)
    assert pair.rate.value == pytest.approx(50.0)
    assert compare(RESULTS, "steer:rules", "text") is None


def pair_of(solved: int, missed: int, tasks: Sequence[str], items: int) -> PairedComparison:
    """Compare a method that solves the first items of each task with one that solves the last ones."""
    results = [
        result(method, task, str(item), solved=item in own)
        for method, own in (("steer:rules", range(solved)), ("code", range(items - missed, items)))
        for task in tasks
        for item in range(items)
    ]
    pair = compare(results, "steer:rules", "code")
    assert pair is not None
    return pair


@pytest.mark.parametrize(
    ("solved", "missed", "tasks", "items", "more"),
    [
        (1, 0, ["game24"], 1, False),
        (1, 0, ["game24", "letters", "boxlift"], 1, False),
        (5, 0, ["game24"], 5, False),
        (0, 5, ["game24"], 5, False),
        (6, 0, ["game24"], 6, True),
        (0, 6, ["game24"], 6, True),
        (10, 0, ["game24", "letters", "boxlift"], 10, True),
        (0, 0, ["game24", "letters"], 20, False),
        (5, 5, ["game24", "letters"], 10, False),
        (45, 5, ["rg:a"], 50, True),
        (1, 0, ["rg:a", "rg:b", "rg:c"], 1, False),
        (40, 0, ["game24", "letters", "rg:a", "rg:b"], 50, True),
        (3, 1, ["game24", "rg:a"], 4, False),
    ],
)
def test_more_than_chance_takes_enough_problems_that_one_solved_alone(
    solved: int, missed: int, tasks: Sequence[str], items: int, more: bool
) -> None:
    assert pair_of(solved, missed, tasks, items).more_than_chance is more


def test_tasks_outside_the_paper_have_no_normalised_score_and_do_not_dilute_others() -> None:
    alone, mixed = (pair_of(40, 0, tasks, 50) for tasks in (["letters"], ["letters", "rg:a", "rg:b"]))
    assert mixed.normalised == alone.normalised
    assert (alone.difference, alone.all_normalised) == (alone.normalised, True)
    assert (mixed.difference, mixed.all_normalised) == (mixed.rate, False)
    outside = pair_of(40, 0, ["rg:a"], 50)
    assert (outside.normalised, outside.difference) == (None, outside.rate)
    (line,) = summarise([result("code", "rg:a", str(item), solved=True) for item in range(3)])
    assert (line.normalised, line.normalised_seen, line.normalised_unseen) == (None, None, None)
    assert line.normalised_own == 100


def test_rates_by_task_and_level() -> None:
    assert task_rates(RESULTS)["letters"]["code"].value == 0.5
    assert outcomes_by_level(RESULTS)[("code", 1)] == [True, False, False]


def test_regret_compares_with_the_best_single_method_of_each_task() -> None:
    results = [
        *RESULTS[:2],
        result("text", "letters", "1", solved=False),
        result("text", "game24", "1", solved=True),
        result("steer:rules", "letters", "1", solved=True),
        result("steer:rules", "game24", "1", solved=False),
    ]
    (regret,) = regrets(results)
    assert (regret.rate, regret.best_single, regret.worse_on) == (0.5, 1.0, ["game24"]), (
        "letters/2 is not common"
    )
    assert regrets([result("steer:rules", solved=True)]) == []


def many(method: str, solved: int, items: Iterable[int], task: str = "game24", **fields: Any) -> list[Result]:
    """Make up results of which the items below a number are solved."""
    return [result(method, task, f"{item:02}", solved=item < solved, **fields) for item in items]


STEER = many("steer:rules", 9, range(10))


@pytest.mark.parametrize(
    ("others", "rates", "own"),
    [
        (many("code", 1, range(1)), (1, 1.0, 1.0, []), 100),
        (many("code", 5, range(10)), (10, 0.9, 0.5, []), 100),
        (many("code", 10, range(10)), (10, 0.9, 1.0, ["game24"]), 90),
        (many("code", 9, range(9)), (9, 1.0, 1.0, []), 100),
        (many("code", 10, range(9, 10)), (1, 0.0, 1.0, ["game24"]), 100),
        ([*many("code", 5, range(10)), *many("text", 10, range(9, 10))], (10, 0.9, 0.5, []), 100),
        (many("code", 10, range(10), model="big"), None, 100),
        ([*many("code", 10, range(10), model="big"), *many("text", 1, range(10))], (10, 0.9, 0.1, []), 100),
        (many("code", 10, range(10), task="letters"), None, 100),
        (many("code", 10, range(10, 20)), None, None),
        (many("steer-no-checks:rules", 10, range(10)), None, 90),
    ],
)
def test_methods_are_compared_on_the_same_items_and_model(
    others: list[Result], rates: tuple[int, float, float, list[str]] | None, own: float | None
) -> None:
    lines = {line.method: line for line in regrets([*STEER, *others])}
    found = lines.get("steer:rules")
    expected = None if found is None else (found.problems, found.rate, found.best_single, found.worse_on)
    assert expected == rates
    scores = {line.method: line.normalised_own for line in summarise([*STEER, *others])}
    assert scores["steer:rules"] == (own if own is None else pytest.approx(own))


def test_turn_statistics_count_turns_modes_and_switches() -> None:
    turns = (
        turn("text"),
        turn("code", answer="2"),
        turn("code", answer="2", fallback=True),
    )
    run = RunRecord(outcome="returned", answer="2", turns=turns)
    (line,) = turn_statistics([result("steer:rules", solved=True, run=run)])
    assert line.turns == {3: 1}
    assert line.code_share == pytest.approx(2 / 3)
    assert line.text_first_share == 1.0
    assert (line.switches, line.fallbacks, line.repeats) == (1.0, 1, 1)


def test_the_checkers_verdicts_are_compared_with_the_truth() -> None:
    turns = (
        turn(verdict="refuted"),
        turn(verdict="confirmed"),
        turn(verdict="unclear"),
        turn(),
    )
    run = RunRecord(outcome="returned", answer="2", turns=turns)
    (line,) = checker_accuracy(
        [result("steer:rules", solved=True, run=run, turns_right=(True, True, False, True))]
    )
    assert (line.confirmed, line.confirmed_right.value) == (1, 1.0)
    assert (line.refuted, line.refuted_wrong.value, line.unclear) == (1, 1.0, 1)
    assert checker_accuracy([result("code", solved=True, turns_right=(True,))]) == []


def attempts(right: tuple[bool, ...], *, solved: bool, tokens_allowed: int | None = None) -> Result:
    """Make up a result with an attempt for each entry of ``right``."""
    run = RunRecord(
        outcome="returned",
        answer="1",
        turns=tuple(turn() for _ in right),
        usage={"task": Usage(calls=1, input_tokens=60, output_tokens=40)},
        tokens_allowed=tokens_allowed,
    )
    item = f"{len(right)}{right}"
    return result("vote:tokens", item=item, solved=solved, turns_right=right, run=run)


def test_pass_at_k_splits_what_is_lost_into_selection_and_generation() -> None:
    results = [
        attempts((True, False), solved=True),
        attempts((False, True, False), solved=False),
        attempts((False, False), solved=False),
        attempts((False,), solved=False),
    ]
    (line,) = summarise(results)
    assert line.pass_at_k is not None
    assert (line.strict.value, line.pass_at_k.value) == (0.25, 0.5)
    assert (line.selection_loss, line.generation_gap) == (0.25, 0.5)


def test_a_solved_problem_counts_even_where_no_single_attempt_was_right() -> None:
    assert attempts((False, False), solved=True).any_right, "a summary may be right where its parts are not"
    failed = replace(attempts((True, False), solved=False), strict="error")
    assert not failed.any_right


def test_methods_with_one_attempt_have_no_pass_at_k() -> None:
    (line,) = summarise([attempts((True,), solved=True), attempts((), solved=False)])
    assert (line.pass_at_k, line.selection_loss, line.generation_gap) == (None, 0.0, 0.5)


def test_token_budgets_are_averaged_over_the_problems_that_have_one() -> None:
    assert summarise([attempts((True,), solved=True)])[0].cost.tokens_allowed is None
    allowed = [attempts((True,) * n, solved=True, tokens_allowed=100 * n) for n in (1, 2)]
    assert summarise(allowed)[0].cost.tokens_allowed == 150
