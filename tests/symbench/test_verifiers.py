"""Verifiers accept our own answers and agree with an independent oracle on mutated ones."""

from random import Random

import pytest
from tests.symbench.helpers import SLUGS, generated, marked, mutants, oracle

from codesteer.symbench import Outcome, load_task


@pytest.mark.parametrize("slug", SLUGS)
def test_own_answers_are_correct(slug: str) -> None:
    task = load_task(slug)
    for item in generated(slug):
        score = task.score(item, marked(task, item.answer))
        assert score.outcome is Outcome.CORRECT, (item.id, score)
        assert oracle(slug).accepts(item.data, item.answer), item.id
        assert oracle(slug).accepts(item.data, score.parsed), item.id


@pytest.mark.parametrize("slug", SLUGS)
def test_solver_answers_are_correct(slug: str) -> None:
    task = load_task(slug)
    for item in generated(slug):
        answer = task.solve(item)
        assert answer is None or task.find_violation(item.data, answer) is None, (item.id, answer)


@pytest.mark.parametrize("slug", SLUGS)
def test_changed_answers_score_as_by_the_oracle(slug: str) -> None:
    task, rng = load_task(slug), Random(11)
    for item in generated(slug):
        changed = mutants(slug, item, rng)
        assert len(changed) >= 5, item.id
        for answer in changed:
            score = task.score(item, marked(task, answer))
            right = oracle(slug).accepts(item.data, answer)
            assert (score.outcome is Outcome.CORRECT) == right, (item.id, answer, score)
            assert "\n" not in score.reason


@pytest.mark.parametrize(
    "crash", [ValueError, IndexError, KeyError, TypeError, ZeroDivisionError, OverflowError, RecursionError]
)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_validator_that_crashes_rejects(
    slug: str, crash: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise crash

    task, item = load_task(slug), next(generated(slug, 1))
    monkeypatch.setattr(type(task), "official_validator_accepts", fail)
    assert task.score(item, marked(task, item.answer), published=True).outcome is Outcome.WRONG
