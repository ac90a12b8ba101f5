"""Runs with other models, settings or data are told apart in a report."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.results import PLAN, RESULTS, result

from codesteer.errors import ConfigurationError
from codesteer.evals.report.content import build_content
from codesteer.evals.report.markdown import markdown
from codesteer.evals.report.page import page
from codesteer.evals.report.run import Run
from codesteer.evals.results import Result
from codesteer.evals.selection import ItemSelection


def test_models_are_distinguished() -> None:
    other = result("code", "letters", "1", solved=False, model="n")
    content = build_content([Run(PLAN, [*RESULTS, other])])
    assert "code · n" in content.methods
    assert "code · m" in content.methods


FIVE, ONE = PLAN, replace(PLAN, max_turns=1)


def answered(*items: int, solved: bool) -> list[Result]:
    return [result("steer:rules", "letters", str(item), solved=solved) for item in items]


def test_settings_are_distinguished() -> None:
    content = build_content([Run(ONE, answered(1, 2, solved=False)), Run(FIVE, answered(1, 2, solved=True))])
    assert content.methods == ["steer:rules · max turns 1", "steer:rules · max turns 5"]
    assert [(line.problems, line.strict.value) for line in content.summaries] == [(2, 0.0), (2, 1.0)]
    (pair,) = content.paired
    assert (pair.problems, pair.wins, pair.losses) == (2, 0, 2)
    text = markdown(content)
    assert "at most 1 turns, up to 2 at once or temperature 0, at most 5 turns" in text
    assert "steer:rules · max turns 5" in page(content)


def test_a_run_counts_once() -> None:
    run = Run(FIVE, answered(1, 2, solved=True))
    assert build_content([run, run]).summaries == build_content([run]).summaries
    again = Run(FIVE, [replace(one, strict="error") for one in run.results])
    assert build_content([run, again]).errors == []


def test_runs_of_other_items_are_one_method() -> None:
    official = ItemSelection(source="official", official=Path("here"))
    plans = [replace(PLAN, selection=official, first=first, samples=1) for first in (3, 4, 5)]
    plans.append(replace(PLAN, selection=ItemSelection(tasks=("letters",), seed=7), concurrency=8))
    runs = [Run(plan, answered(number, solved=True)) for number, plan in enumerate(plans)]
    content = build_content(runs)
    assert content.methods == ["steer:rules"]
    assert (content.problems, content.summaries[0].problems) == (4, 4)
    assert "4 official and test items of 1 tasks, seed 7;" in markdown(content)


def of_model(model: str, *, solved: bool, **fields: Any) -> Run:
    plan = replace(PLAN, model=model, **fields)
    return Run(plan, [replace(one, model="codesteer/m") for one in answered(1, 2, solved=solved)])


FILE = "models/m.gguf"


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        (
            of_model("http://h:1/v1#m", solved=True),
            of_model("http://h:2/v1#m", solved=False),
            ["http://h:1/v1#m", "http://h:2/v1#m"],
        ),
        (
            of_model("q4/m.gguf", solved=True),
            of_model("q8/m.gguf", solved=False),
            ["q4/m.gguf", "q8/m.gguf"],
        ),
        (
            of_model(FILE, solved=True, model_files={FILE: "1234567890"}),
            of_model(FILE, solved=False, model_files={FILE: "0987654321"}),
            [f"{FILE} (12345678)", f"{FILE} (09876543)"],
        ),
        (
            of_model(FILE, solved=True, model_files={FILE: "1234567890+1111111111"}),
            of_model(FILE, solved=False, model_files={FILE: "1234567890+2222222222"}),
            [f"{FILE} (12345678+11111111)", f"{FILE} (12345678+22222222)"],
        ),
    ],
)
def test_models_of_one_name_are_not_mixed(one: Run, other: Run, named: list[str]) -> None:
    content = build_content([one, other])
    assert content.methods == [f"steer:rules · {name}" for name in named]
    assert [line.strict.value for line in content.summaries] == [1.0, 0.0]
    assert content.models == sorted(named)
    (pair,) = content.paired
    assert (pair.problems, pair.wins) == (2, 2)


def test_a_copy_of_a_file_is_the_same_model() -> None:
    runs = [of_model(name, solved=True, model_files={name: "1234"}) for name in ("a/m.gguf", "b/m.gguf")]
    assert build_content(runs).methods == ["steer:rules"]


def test_a_guide_whose_file_was_replaced_is_another_method() -> None:
    method = "steer:g.gguf"
    results = [replace(one, method=method) for one in answered(1, solved=True)]
    plans = [
        replace(PLAN, methods=(method,), model_files={"g.gguf": digest}) for digest in ("1" * 9, "2" * 9)
    ]
    names = build_content([Run(plan, results) for plan in plans]).methods
    assert names == [f"{method} · guide file 11111111", f"{method} · guide file 22222222"]


def test_runs_of_other_official_data_are_not_combined() -> None:
    plans = [replace(PLAN, items={"letters/1": digest}) for digest in ("a", "b")]
    with pytest.raises(ConfigurationError, match="different items as letters/1"):
        build_content([Run(plan, answered(1, solved=True)) for plan in plans])


def test_models_and_settings_are_distinguished_together() -> None:
    other = [replace(one, model="n") for one in answered(1, solved=True)]
    content = build_content([Run(FIVE, answered(1, solved=True)), Run(replace(FIVE, max_tokens=9), other)])
    assert content.methods == ["steer:rules · no max tokens · m", "steer:rules · max tokens 9 · n"]


def test_the_order_of_a_runs_methods_is_kept() -> None:
    runs = [Run(plan, list(reversed(RESULTS))) for plan in (ONE, FIVE)]
    names = [f"{method} · max turns {turns}" for method in ("code", "steer:rules") for turns in (1, 5)]
    assert build_content(runs).methods == names


def test_a_server_sets_the_temperature() -> None:
    served = replace(PLAN, temperature=None, graph_url="http://127.0.0.1:9")
    assert "; the server's temperature, at most 5 turns" in markdown(build_content([Run(served, RESULTS)]))
