"""Reasoning Gym's data sets as tasks: items, seeds, scores, and answers that must not be executed."""

import inspect
import json
import re
import sys
from pathlib import Path

import pytest

from codesteer.errors import ConfigurationError
from codesteer.symbench import SPLITS, Outcome, from_record, load_task, to_record
from codesteer.symbench.reasoning_gym import ReasoningGymTask, reasoning_gym_datasets
from codesteer.symbench.reasoning_gym_guard import FORMULAS, LITERALS, NUMBERS

SAMPLE = (
    "chain_sum",
    "countdown",
    "letter_counting",
    "n_queens",
    "polynomial_multiplication",
    "spiral_matrix",
)
RUNNING = sorted(LITERALS | FORMULAS | NUMBERS)
OWN_TEXT = {
    "basic_arithmetic", "bitwise_arithmetic", "codeio", "gsm_symbolic", "number_sorting",
}  # fmt: skip
"""Modules that evaluate text, but only text of their own."""


def reasoning_gym(dataset: str) -> ReasoningGymTask:
    task = load_task(f"rg:{dataset}")
    assert isinstance(task, ReasoningGymTask)
    return task


@pytest.mark.parametrize("dataset", SAMPLE)
def test_an_item_is_complete_and_its_answer_right(dataset: str) -> None:
    task = reasoning_gym(dataset)
    for level in (1, 2):
        item = task.generate(5, level)
        assert item.question.endswith(">>>.")
        assert from_record(json.loads(json.dumps(to_record(item)))) == item
        for published in (False, True):
            assert task.score(item, f"<<<{item.answer}>>>", published=published).outcome is Outcome.CORRECT
            assert task.score(item, "<<<no idea>>>", published=published).outcome is not Outcome.CORRECT


@pytest.mark.parametrize("dataset", SAMPLE)
def test_neighbouring_seeds_do_not_overlap(dataset: str) -> None:
    task = reasoning_gym(dataset)
    items = {
        (seed, split): [task.generate(seed, 2, split, index) for index in range(5)]
        for seed in (42, 43)
        for split in SPLITS
    }
    seeds = [item.data.seed for one in items.values() for item in one]
    assert len(set(seeds)) == len(seeds)
    questions = [{item.question for seed in (42, 43) for item in items[seed, split]} for split in SPLITS]
    assert len(set().union(*questions)) == sum(map(len, questions))


@pytest.mark.parametrize("dataset", RUNNING)
@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch /tmp/symbench-was-here')",
        "exec(chr(49))",
        "().__class__",
        "9**9**9",
        "(9**999)**999",
        "[" * 500,
        "factorial(99999)",
        "open(x)",
        "print(1)",
    ],
)
def test_no_answer_is_executed(dataset: str, text: str) -> None:
    task = reasoning_gym(dataset)
    assert task.score(task.generate(1, 1), f"<<<{text}>>>").outcome is Outcome.UNREADABLE


def test_the_list_of_running_verifiers_is_complete() -> None:
    from reasoning_gym.factory import DATASETS

    suspects = set()
    for name in reasoning_gym_datasets():
        module = Path(inspect.getfile(DATASETS[name][0]))
        source = module.read_text(encoding="utf-8")
        if re.search(r"(?<![_.\w])(?:eval|exec)\(|sympify|sympy_parser|(?:sp|sympy)\.parse_expr", source):
            suspects.add(name)
    assert suspects - OWN_TEXT == set(RUNNING)


def test_an_unknown_data_set_gets_suggestions() -> None:
    with pytest.raises(ConfigurationError, match=r"'n_quens'.*rg:n_queens"):
        load_task("rg:n_quens")


def test_a_broken_level_of_reasoning_gym_is_a_clear_error() -> None:
    with pytest.raises(ConfigurationError, match="cannot generate knight_swap at level 2"):
        reasoning_gym("knight_swap").generate(1, 2)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reasoning_gym", None)
    with pytest.raises(ConfigurationError, match=re.escape("pip install 'codesteer[rg]'")):
        load_task("rg:n_queens")


def test_there_are_no_official_items() -> None:
    with pytest.raises(ConfigurationError, match="no official items"):
        reasoning_gym("chain_sum").from_official({})
