"""Collecting trees: resumable after each question, no duplicates, no other settings."""

from pathlib import Path
from typing import Any

import pytest
from tests.support.training import SETTINGS, TASKS, explorer, gather, selection

from codesteer.errors import (
    ConfigurationError,
)
from codesteer.prompts.loader import hash_of_folders
from codesteer.training.artefact import CARD, Card, load_card
from codesteer.training.decision_table import decision_rows
from codesteer.training.provenance import TRAJECTORY_PROMPTS, steering_version
from codesteer.training.rows import write_parquet
from codesteer.training.trajectories import (
    TREES_FILE,
    TrajectorySettings,
    collect_trajectories,
    load_trees,
    read_trees,
)

ROOT = Path(__file__).parents[2]


def test_a_finished_folder_has_a_card_with_counts_and_hashes(tmp_path: Path) -> None:
    found = gather(tmp_path / "trees")
    card, trees = load_trees(tmp_path / "trees")
    assert len(trees) == found.counts["questions"] == len(TASKS)
    assert card.counts["solved questions"] == len(TASKS)
    assert card.config["guides"] == list(SETTINGS.guides)
    assert set(card.files) == {"settings.json", TREES_FILE}
    assert card.prompts
    assert card.source


def test_existing_trees_are_kept_and_more_can_be_added(tmp_path: Path) -> None:
    gather(tmp_path / "trees", 1)
    before = (tmp_path / "trees" / TREES_FILE).read_bytes()
    steps: list[tuple[int, int]] = []
    gather(tmp_path / "trees", 2, start=lambda done, total: steps.append((done, total)))
    assert steps == [(3, 6)]
    assert (tmp_path / "trees" / TREES_FILE).read_bytes().startswith(before)
    ids = [tree.id for tree in read_trees(tmp_path / "trees")]
    assert len(ids) == len(set(ids)) == 6


def test_parallel_questions_give_the_same_trees(tmp_path: Path) -> None:
    gather(tmp_path / "one", 2)
    gather(tmp_path / "two", 2, parallel=3)
    nodes = [{tree.id: len(tree.nodes) for tree in read_trees(tmp_path / name)} for name in ("one", "two")]
    assert nodes[0] == nodes[1]


async def test_it_runs_inside_an_event_loop(tmp_path: Path) -> None:
    assert gather(tmp_path / "trees").counts["questions"] == len(TASKS)


def test_other_settings_are_refused(tmp_path: Path) -> None:
    gather(tmp_path / "trees")
    other = SETTINGS.model_copy(update={"widths": (1,)})
    with pytest.raises(ConfigurationError, match=r"started with widths = \[2, 2\]"):
        collect_trajectories(tmp_path / "trees", other, selection(1), explorer=explorer(selection(1)))


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ConfigurationError, match="holds other files"):
        gather(tmp_path)


@pytest.mark.parametrize("field", ["graph", "prompts"])
def test_trajectories_of_another_graph_or_other_prompts_are_refused(
    field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather(tmp_path / "trees")
    now = steering_version()
    version, _, prompts = now.partition("/")
    other = f"{int(version) + 1}/{prompts}" if field == "graph" else f"{version}/0123456789ab"
    monkeypatch.setattr("codesteer.training.artefact.steering_version", lambda: other)
    with pytest.raises(ConfigurationError, match=f"another graph or other prompts .{now}, now {other}"):
        load_trees(tmp_path / "trees")
    with pytest.raises(ConfigurationError, match=f"started with steering = '{now}', not '{other}'"):
        collect_trajectories(
            tmp_path / "trees",
            SETTINGS.model_copy(update={"steering": other}),
            selection(2),
            explorer=explorer(selection(2)),
        )
    assert len(list(read_trees(tmp_path / "trees"))) == len(TASKS), "they can still be read"


def test_prompts_that_trajectories_do_not_use_do_not_matter() -> None:
    assert hash_of_folders(*TRAJECTORY_PROMPTS) in steering_version()
    assert hash_of_folders("guide") != hash_of_folders("guide", "experience")
    assert "experience" not in TRAJECTORY_PROMPTS


def load_card_unchecked(folder: Path) -> Card:
    return Card.model_validate_json((folder / CARD).read_text())


def test_trajectories_become_a_table(tmp_path: Path) -> None:
    import datasets

    gather(tmp_path / "trees")
    _, trees = load_trees(tmp_path / "trees")
    number = write_parquet(
        tmp_path / "out/trees.parquet", (row for tree in trees for row in decision_rows(tree))
    )
    decision_table = datasets.Dataset.from_parquet(
        str(tmp_path / "out/trees.parquet"), cache_dir=str(tmp_path / "cache")
    )
    assert number == len(decision_table) == sum(len(tree.nodes) for tree in trees)
    assert decision_table[0]["prompt"][0]["role"] == "system"
    lines = datasets.load_dataset(
        "json",
        data_files=str(tmp_path / "trees" / TREES_FILE),
        split="train",
        cache_dir=str(tmp_path / "cache"),
    )
    assert len(lines) == 3
    assert load_card(tmp_path / "trees", "trajectories").kind == "trajectories"


@pytest.mark.parametrize(
    "fields",
    [
        {"guides": ("rules", "http://user:hunter2@h.example/v1#m")},
        {"guides": ("http://h.example/v1?key=hunter2#m",)},
        {"graph_url": "https://user:hunter2@graph.example"},
    ],
)
def test_settings_hold_no_credentials(fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        TrajectorySettings(**fields)
    assert "hunter2" not in str(refusal.value)
