"""A folder never mixes two contents of a model file, a guide's file or the official items."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from codesteer.errors import ConfigurationError
from codesteer.evals.contents import with_contents
from codesteer.evals.plan import Plan, new_plan, read_plan, save_plan
from codesteer.evals.selection import ItemSelection

PLAN = new_plan(
    methods=("question",), model="local", selection=ItemSelection(tasks=("number_multiply",)), samples=1
)


def official(folder: Path, *seeds: int) -> ItemSelection:
    """Write official data with an item for each seed, which are named by their place."""
    rows = [
        json.dumps(
            {
                "id": str(number),
                "question": f"{seed} times 7?",
                "answer": {"values": [seed, 7], "target": 7 * seed},
            }
        )
        + "\n"
        for number, seed in enumerate(seeds)
    ]
    (folder / "number_multiply").mkdir(parents=True, exist_ok=True)
    (folder / "number_multiply" / "samples.jsonl").write_text("".join(rows), encoding="utf-8")
    return ItemSelection(tasks=("number_multiply",), source="official", official=folder)


def asked(folder: Path, *seeds: int, samples: int = 1) -> Plan:
    return with_contents(replace(PLAN, selection=official(folder, *seeds), samples=samples))


def test_other_official_items_of_the_same_names_are_refused(tmp_path: Path) -> None:
    save_plan(asked(tmp_path / "a", 1), tmp_path / "out")
    with pytest.raises(ConfigurationError, match=r"other content of the items number_multiply/0\)"):
        save_plan(replace(asked(tmp_path / "b", 2), methods=("text",)), tmp_path / "out")
    assert read_plan(tmp_path / "out").methods == ("question",)


def test_a_copy_of_the_data_and_more_samples_resume(tmp_path: Path) -> None:
    save_plan(asked(tmp_path / "a", 1), tmp_path / "out")
    save_plan(asked(tmp_path / "moved", 1, 2, samples=2), tmp_path / "out")
    save_plan(asked(tmp_path / "a", 1), tmp_path / "out")
    assert set(read_plan(tmp_path / "out").items) == {"number_multiply/0", "number_multiply/1"}
    with pytest.raises(ConfigurationError, match="items number_multiply/1"):
        save_plan(asked(tmp_path / "b", 1, 3, samples=2), tmp_path / "out")


def test_many_other_items_are_not_all_named(tmp_path: Path) -> None:
    save_plan(asked(tmp_path / "a", *range(9), samples=9), tmp_path / "out")
    with pytest.raises(
        ConfigurationError, match=r"items number_multiply/0, number_multiply/1, number_multiply/2 …\)"
    ):
        save_plan(asked(tmp_path / "b", *range(9, 18), samples=9), tmp_path / "out")


def test_a_run_of_an_older_version_resumes(tmp_path: Path) -> None:
    old = replace(PLAN, selection=official(tmp_path / "a", 1))
    save_plan(old, tmp_path / "out")
    stored = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    del stored["items"], stored["model_files"]
    (tmp_path / "out" / "run.json").write_text(json.dumps(stored), encoding="utf-8")
    save_plan(with_contents(old), tmp_path / "out")
    assert read_plan(tmp_path / "out").items


@pytest.mark.parametrize(("model", "method"), [("g.gguf", "question"), ("local", "steer:g.gguf")])
def test_a_file_that_was_replaced_is_another_model(
    model: str, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("g.gguf").write_bytes(b"first")
    plan = replace(PLAN, model=model, methods=(method,))
    save_plan(with_contents(plan), tmp_path / "out")
    save_plan(with_contents(replace(plan, samples=2)), tmp_path / "out")
    Path("g.gguf").write_bytes(b"retrained")
    with pytest.raises(ConfigurationError, match=r"other content in g\.gguf\)"):
        save_plan(with_contents(plan), tmp_path / "out")


def test_a_guide_that_was_retrained_in_place_is_another(tmp_path: Path) -> None:
    plan = replace(PLAN, methods=(f"steer:hf:{tmp_path}",))
    (tmp_path / "adapter.safetensors").write_bytes(b"first")
    save_plan(with_contents(plan), tmp_path / "out")
    (tmp_path / "adapter.safetensors").write_bytes(b"retrained")
    with pytest.raises(ConfigurationError, match="other content in hf:"):
        save_plan(with_contents(plan), tmp_path / "out")


def test_a_method_with_another_file_can_be_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.gguf", "b.gguf"):
        Path(name).write_bytes(name.encode())
        save_plan(with_contents(replace(PLAN, methods=(f"steer:{name}",))), tmp_path / "out")
    assert set(read_plan(tmp_path / "out").model_files) == {"a.gguf", "b.gguf"}


def test_the_files_of_a_server_are_its_own() -> None:
    plan = replace(PLAN, model="there.gguf", graph_url="http://h.example")
    assert with_contents(plan) == plan


def test_generated_items_and_the_default_model_need_no_digest() -> None:
    assert with_contents(PLAN) == PLAN
