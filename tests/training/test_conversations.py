"""SFT data: successful runs only, balanced, few per question, held out by question."""

from pathlib import Path

import pytest
from tests.support.training import BY_TEXT, SETTINGS, TASKS, explorer, selection

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.training.artefact import load_card
from codesteer.training.conversations import (
    ConversationSelection,
    select_conversations,
    successful_conversations,
)
from codesteer.training.rows import HELD_OUT, TRAIN, read_rows
from codesteer.training.sft_data import build_sft_data
from codesteer.training.sft_statistics import PAGE
from codesteer.training.split import is_held_out
from codesteer.training.trajectories import collect_trajectories, load_trees
from codesteer.training.tree import Tree


@pytest.fixture(scope="module")
def trees_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "trees"
    collect_trajectories(folder, SETTINGS, selection(4), explorer=explorer(selection(4)))
    return folder


@pytest.fixture
def trees(trees_folder: Path) -> list[Tree]:
    return load_trees(trees_folder)[1]


def test_every_conversation_is_a_complete_successful_run(trees: list[Tree]) -> None:
    for tree in trees:
        for one in successful_conversations(tree):
            roles = [message["role"] for message in one.messages]
            assert roles == ["system", *["user", "assistant"] * one.turns]
            if one.turns == 2:
                assert one.first_choice == ("text" if tree.task == BY_TEXT else "code")


def test_a_run_that_continues_after_a_right_answer_is_not_used(trees: list[Tree]) -> None:
    for tree in trees:
        for one in successful_conversations(tree):
            outcomes = [node.outcome for node in tree.path(tree.by_id[one.node])]
            assert "correct" not in [str(outcome) for outcome in outcomes[:-2] if outcome]


def test_few_per_question_and_different_ones_first(trees: list[Tree]) -> None:
    kept = select_conversations(trees, ConversationSelection(per_question=1, ratio=100))
    assert len(kept) == len({one.question for one in kept}) == len(trees)
    two = select_conversations(trees, ConversationSelection(per_question=2, ratio=100))
    by_question: dict[str, set[tuple[str, int]]] = {}
    for one in two:
        by_question.setdefault(one.question, set()).add((one.first_choice, one.turns))
    assert any(len(shapes) == 2 for shapes in by_question.values())


def test_no_kind_dominates(trees: list[Tree]) -> None:
    kept = select_conversations(trees, ConversationSelection(per_question=5, ratio=1))
    firsts = [one.first_choice for one in kept]
    assert abs(firsts.count("code") - firsts.count("text")) <= 1


def test_the_same_seed_selects_the_same(trees: list[Tree]) -> None:
    assert select_conversations(trees, ConversationSelection(seed=1)) == select_conversations(
        trees, ConversationSelection(seed=1)
    )


def test_data_with_a_single_first_choice_are_refused(trees: list[Tree]) -> None:
    only_text = [
        Tree(
            item=tree.item,
            system=tree.system,
            seconds=0,
            nodes=tuple(n for n in tree.nodes if n.id.startswith(first)),
        )
        for tree in trees
        for first in [next(node.id for node in tree.children("") if node.decision.mode == "text")]
    ]
    with pytest.raises(TrainingError, match=r"began with 'text'.*--guide code"):
        select_conversations(only_text, ConversationSelection())


def test_data_without_success_are_refused(trees: list[Tree]) -> None:
    empty = [Tree(item=tree.item, system="", seconds=0, nodes=()) for tree in trees]
    with pytest.raises(TrainingError, match="no run ended with a right answer"):
        select_conversations(empty, ConversationSelection())


def test_the_artefact(trees_folder: Path, tmp_path: Path) -> None:
    build_sft_data(trees_folder, tmp_path / "data", ConversationSelection(held_out=0.3))
    card = load_card(tmp_path / "data", "conversations")
    train, held_out = read_rows(tmp_path / "data" / TRAIN), read_rows(tmp_path / "data" / HELD_OUT)
    assert card.counts["train"] == len(train) > 0
    assert card.parents[0].kind == "trajectories"
    assert card.parents[0].sha256 == load_card(trees_folder).sha256
    assert not {row["question"] for row in train} & {row["question"] for row in held_out}
    assert all(is_held_out(row["question"], 0.3) for row in held_out)
    page = (tmp_path / "data" / PAGE).read_text()
    assert "| Questions | 12 |" in page
    for plot in ("tasks.svg", "turns.svg", "runs.svg"):
        assert f"]({plot})" in page
        assert "<svg" in (tmp_path / "data" / plot).read_text()
    assert {tree.task for tree in load_trees(trees_folder)[1]} == set(TASKS)


def test_an_existing_target_is_not_overwritten(trees_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ConfigurationError, match="already exists"):
        build_sft_data(trees_folder, tmp_path / "data", ConversationSelection())


def test_a_failure_leaves_nothing(
    trees_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("codesteer.training.sft_data.write_statistics", fail)
    with pytest.raises(OSError, match="disk full"):
        build_sft_data(trees_folder, tmp_path / "data", ConversationSelection())
    assert list(tmp_path.iterdir()) == []


def test_another_kind_of_artefact_is_refused(trees_folder: Path, tmp_path: Path) -> None:
    build_sft_data(trees_folder, tmp_path / "data", ConversationSelection())
    with pytest.raises(ConfigurationError, match="holds conversations, but trajectories is needed"):
        build_sft_data(tmp_path / "data", tmp_path / "more", ConversationSelection())
    with pytest.raises(ConfigurationError, match="no such folder"):
        build_sft_data(tmp_path / "nowhere", tmp_path / "more", ConversationSelection())
