"""A results folder belongs to one run, which can be extended."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codesteer.errors import ConfigurationError
from codesteer.evals.plan import Plan, UsedStore, method_settings, new_plan, read_plan, save_plan
from codesteer.evals.selection import ItemSelection

PLAN = new_plan(methods=("question",), model="local", selection=ItemSelection(), samples=1)


def test_a_plan_round_trips(tmp_path: Path) -> None:
    plan = replace(PLAN, selection=ItemSelection(tasks=("letters",)))
    save_plan(plan, tmp_path / "run")
    assert read_plan(tmp_path / "run") == plan
    assert plan.version
    assert plan.prompts


def test_the_path_of_the_official_data_is_not_part_of_a_plan(tmp_path: Path) -> None:
    for place in ("data", "moved"):
        save_plan(
            replace(PLAN, selection=ItemSelection(source="official", official=tmp_path / place)), tmp_path
        )
    assert read_plan(tmp_path).selection == ItemSelection(source="official")
    assert str(tmp_path) not in (tmp_path / "run.json").read_text(encoding="utf-8")


def test_a_run_can_be_extended(tmp_path: Path) -> None:
    save_plan(PLAN, tmp_path)
    save_plan(replace(PLAN, methods=("code",), samples=3, concurrency=8), tmp_path)
    grown = read_plan(tmp_path)
    assert (grown.methods, grown.samples) == (("question", "code"), 3)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (replace(PLAN, model="openai:gpt-4o"), "model local, now openai:gpt-4o"),
        (replace(PLAN, prompts="123"), "prompts"),
        (replace(PLAN, selection=ItemSelection(seed=4)), "seed=4"),
        (replace(PLAN, max_tokens=10), "max_tokens None, now 10"),
    ],
)
def test_another_run_is_refused_with_its_differences(other: Plan, named: str, tmp_path: Path) -> None:
    save_plan(PLAN, tmp_path)
    with pytest.raises(ConfigurationError, match="holds another run") as caught:
        save_plan(other, tmp_path)
    assert named in str(caught.value)
    assert read_plan(tmp_path) == PLAN


def test_a_folder_without_a_run_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="codesteer eval run --out"):
        read_plan(tmp_path)
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not a valid plan"):
        read_plan(tmp_path)


@pytest.mark.parametrize("content", ["{}".encode("utf-16"), b"\xff", b"", b"{", b'{"methods": ["code"]}'])
def test_a_damaged_plan_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"run\.json is not (a )?valid"):
        read_plan(tmp_path)


def test_items_and_model_are_no_settings_of_a_method() -> None:
    later = replace(PLAN, model="n", first=3, samples=9, concurrency=4, methods=("code",))
    later = replace(later, selection=ItemSelection(tasks=("letters",), source="official", seed=5))
    assert method_settings(later, "code") == method_settings(PLAN, "code")
    assert method_settings(replace(PLAN, max_turns=1), "code") != method_settings(PLAN, "code")


def test_a_store_is_a_setting_only_of_methods_that_use_it() -> None:
    given = replace(PLAN, experience=UsedStore(namespace=("default",), records=1, digest="a"))
    assert method_settings(given, "code") == method_settings(PLAN, "code")
    method = "steer+experience:rules"
    assert method_settings(given, method) != method_settings(PLAN, method)


def test_the_items_of_a_stream_are_settings() -> None:
    stream = replace(PLAN, stream=True)
    others = (replace(stream, samples=2), replace(stream, selection=ItemSelection(seed=1)))
    assert all(method_settings(other, "code") != method_settings(stream, "code") for other in others)


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
