"""A selection gives the same items everywhere, round by round."""

import json
from pathlib import Path

import pytest

from codesteer.errors import ConfigurationError
from codesteer.evals.items import round_items, selected_tasks
from codesteer.evals.selection import ItemSelection, split_names


def test_rounds_go_through_levels_and_never_repeat_an_item() -> None:
    selection = ItemSelection(tasks=("game24", "letters"), seed=3)
    rounds = [round_items(selection, place) for place in range(6)]
    assert [[item.task for item in items] for items in rounds] == [["game24", "letters"]] * 6
    assert [items[0].level for items in rounds] == [1, 2, 3, 4, 5, 1]
    assert len({item.id for items in rounds for item in items}) == 12
    assert round_items(selection, 2) == rounds[2]


def test_a_level_can_be_fixed() -> None:
    items = round_items(ItemSelection(tasks=("letters",), level=4), 7)
    assert items[0].level == 4


def test_groups_expand_to_their_tasks() -> None:
    both = selected_tasks(ItemSelection(tasks=("seen", "unseen", "game24")))
    assert len(both) == 35, "MATH has no generated items"
    assert all(task.seen for task in selected_tasks(ItemSelection(tasks=("seen",))))


def test_official_items_need_a_folder() -> None:
    with pytest.raises(ConfigurationError, match="--official"):
        round_items(ItemSelection(tasks=("letters",), source="official"), 0)


def test_a_folder_without_the_task_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no official items of letters"):
        round_items(ItemSelection(tasks=("letters",), source="official", official=tmp_path), 0)


def test_verified_excludes_flagged_items(tmp_path: Path) -> None:
    good = {
        "id": "a",
        "question": "q",
        "answer": {"word": "abca", "letter": "a", "count": 2, "positions": [1, 4]},
        "complexity": {"level": 4},
    }
    bad = {**good, "id": "b", "answer": {**good["answer"], "count": 3}}  # type: ignore[dict-item]
    (tmp_path / "letters").mkdir()
    lines = "".join(json.dumps(record) + "\n" for record in (bad, good))
    (tmp_path / "letters" / "samples.jsonl").write_text(lines, encoding="utf-8")
    official = ItemSelection(tasks=("letters",), source="official", official=tmp_path)
    verified = ItemSelection(tasks=("letters",), source="verified", official=tmp_path)
    assert [item.id for item in round_items(official, 0)] == ["b"]
    assert [item.id for item in round_items(verified, 0)] == ["a"]
    with pytest.raises(ConfigurationError, match="no task has more than 1 verified items"):
        round_items(verified, 1)


def test_reasoning_gym_tasks_can_be_selected() -> None:
    pytest.importorskip("reasoning_gym")
    (item,) = round_items(ItemSelection(tasks=("rg:leg_counting",)), 0)
    assert item.task == "rg:leg_counting"


def test_names_can_be_a_text_or_a_list() -> None:
    assert split_names("a, b,") == split_names(["a", " b "]) == ("a", "b")
