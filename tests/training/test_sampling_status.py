"""``codesteer train status`` counts what a sampling is worth, before and after it is finished."""

from pathlib import Path

import pytest
from tests.support.training import SETTINGS, TASKS, explorer, selection

from codesteer.errors import ConfigurationError
from codesteer.training.artefact import CARD
from codesteer.training.conversations import successful_conversations
from codesteer.training.pairs import sibling_pairs
from codesteer.training.sampling_status import sampling_status
from codesteer.training.trajectories import TOTAL_FILE, collect_trajectories, read_trees


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chosen = selection(2)
    collect_trajectories(tmp_path / "trees", SETTINGS, chosen, explorer=explorer(chosen))
    return tmp_path / "trees"


def test_it_counts_what_conversations_and_pairs_would_find(folder: Path) -> None:
    status, trees = sampling_status(folder, 2.0), list(read_trees(folder))
    assert (status.questions, status.total, status.hours_left) == (6, 6, 0)
    assert status.conversations == sum(len(successful_conversations(tree)) for tree in trees) > 0
    assert status.pairs == sum(len(list(sibling_pairs(tree, 2.0))) for tree in trees) > 0
    assert [one.task for one in status.tasks] == sorted(TASKS)
    for counts in (status.first_choices, status.turns):
        assert sum(counts.values()) == status.conversations
    assert sum(status.preferences.values()) == sum(one.pairs for one in status.tasks) == status.pairs
    assert sum(one.questions for one in status.tasks) == 6
    assert sampling_status(folder, 100.0).pairs == 0


def test_an_unfinished_sampling_has_hours_left(folder: Path) -> None:
    (folder / CARD).unlink()
    (folder / TOTAL_FILE).write_text("30\n")
    status = sampling_status(folder, 2.0)
    assert status.total == 30
    assert status.hours_left == pytest.approx(24 * status.seconds_per_question / 3600)


def test_other_folders_are_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no trajectories"):
        sampling_status(tmp_path / "nowhere", 2.0)
    (folder / TOTAL_FILE).write_text("many")
    with pytest.raises(ConfigurationError, match="is not a number"):
        sampling_status(folder, 2.0)
