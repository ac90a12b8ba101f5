"""A results folder belongs to one run, which may grow."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codesteer.errors import ConfigurationError
from codesteer.evals.items import Selection
from codesteer.evals.plan import Plan, admit, read_plan, stamped

PLAN = stamped(methods=("question",), model="local", selection=Selection(), samples=1)


def test_a_plan_is_kept_and_read_back(tmp_path: Path) -> None:
    plan = replace(PLAN, selection=Selection(tasks=("letters",)))
    admit(plan, tmp_path / "run")
    assert read_plan(tmp_path / "run") == plan
    assert plan.version
    assert plan.prompts


def test_where_the_official_data_lie_is_no_part_of_a_run(tmp_path: Path) -> None:
    for place in ("data", "moved"):
        admit(replace(PLAN, selection=Selection(source="official", official=tmp_path / place)), tmp_path)
    assert read_plan(tmp_path).selection == Selection(source="official")
    assert str(tmp_path) not in (tmp_path / "run.json").read_text(encoding="utf-8")


def test_a_run_may_grow(tmp_path: Path) -> None:
    admit(PLAN, tmp_path)
    admit(replace(PLAN, methods=("code",), samples=3, concurrency=8), tmp_path)
    grown = read_plan(tmp_path)
    assert (grown.methods, grown.samples) == (("question", "code"), 3)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (replace(PLAN, model="openai:gpt-4o"), "model local, now openai:gpt-4o"),
        (replace(PLAN, prompts="123"), "prompts"),
        (replace(PLAN, selection=Selection(seed=4)), "seed=4"),
        (replace(PLAN, max_tokens=10), "max_tokens None, now 10"),
    ],
)
def test_another_run_is_refused_by_name(other: Plan, named: str, tmp_path: Path) -> None:
    admit(PLAN, tmp_path)
    with pytest.raises(ConfigurationError, match="holds another run") as caught:
        admit(other, tmp_path)
    assert named in str(caught.value)
    assert read_plan(tmp_path) == PLAN


def test_a_folder_without_a_run_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="codesteer eval run --out"):
        read_plan(tmp_path)
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not a run's plan"):
        read_plan(tmp_path)


SECRET = "hunter2"


@pytest.mark.parametrize(
    "fields",
    [
        {"model": f"http://user:{SECRET}@h.example/v1#m"},
        {"model": f"http://h.example/v1?key={SECRET}#m"},
        {"methods": ("question", f"steer:http://user:{SECRET}@h.example/v1#m")},
        {"methods": (f"steer-no-checks:http://h.example/v1?key={SECRET}#m",)},
        {"graph_url": f"https://user:{SECRET}@graph.example"},
        {"sandbox": f"docker:https://user:{SECRET}@registry.example/image"},
    ],
)
def test_no_plan_holds_credentials(fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        replace(PLAN, **fields)
    assert SECRET not in str(refusal.value)
