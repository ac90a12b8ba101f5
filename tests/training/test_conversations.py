"""SFT data: successful runs only, balanced, a few a question, held out by question."""

from pathlib import Path

import pytest
from tests.support.training import BY_TEXT, SETTINGS, TASKS, explorer, selection

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.training.artefact import open_card
from codesteer.training.conversations import Choice, build, choose, successes
from codesteer.training.rows import HELD_OUT, TRAIN, read_rows
from codesteer.training.split import is_held_out
from codesteer.training.statistics import PAGE
from codesteer.training.trajectories import collect, open_trees
from codesteer.training.tree import Tree


@pytest.fixture(scope="module")
def trees_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "trees"
    collect(folder, SETTINGS, selection(4), explorer=explorer(selection(4)))
    return folder


@pytest.fixture
def trees(trees_folder: Path) -> list[Tree]:
    return open_trees(trees_folder)[1]


def test_every_conversation_is_a_whole_run_that_succeeded(trees: list[Tree]) -> None:
    for tree in trees:
        for one in successes(tree):
            roles = [message["role"] for message in one.messages]
            assert roles == ["system", *["user", "assistant"] * one.turns]
            if one.turns == 2:
                assert one.first_choice == ("text" if tree.task == BY_TEXT else "code")


def test_a_run_that_goes_on_after_a_right_answer_is_no_example(trees: list[Tree]) -> None:
    for tree in trees:
        for one in successes(tree):
            outcomes = [node.outcome for node in tree.path(tree.by_id[one.node])]
            assert "correct" not in [str(outcome) for outcome in outcomes[:-2] if outcome]


def test_a_few_of_each_question_and_different_ones_first(trees: list[Tree]) -> None:
    kept = choose(trees, Choice(per_question=1, ratio=100))
    assert len(kept) == len({one.question for one in kept}) == len(trees)
    two = choose(trees, Choice(per_question=2, ratio=100))
    by_question: dict[str, set[tuple[str, int]]] = {}
    for one in two:
        by_question.setdefault(one.question, set()).add((one.first_choice, one.turns))
    assert any(len(shapes) == 2 for shapes in by_question.values())


def test_no_kind_outweighs_the_others(trees: list[Tree]) -> None:
    kept = choose(trees, Choice(per_question=5, ratio=1))
    firsts = [one.first_choice for one in kept]
    assert abs(firsts.count("code") - firsts.count("text")) <= 1


def test_the_same_seed_keeps_the_same(trees: list[Tree]) -> None:
    assert choose(trees, Choice(seed=1)) == choose(trees, Choice(seed=1))


def test_data_of_one_choice_only_is_refused(trees: list[Tree]) -> None:
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
        choose(only_text, Choice())


def test_no_success_is_nothing_to_learn_from(trees: list[Tree]) -> None:
    empty = [Tree(item=tree.item, system="", seconds=0, nodes=()) for tree in trees]
    with pytest.raises(TrainingError, match="no run ended with a right answer"):
        choose(empty, Choice())


def test_the_artefact(trees_folder: Path, tmp_path: Path) -> None:
    build(trees_folder, tmp_path / "data", Choice(held_out=0.3))
    card = open_card(tmp_path / "data", "conversations")
    train, held_out = read_rows(tmp_path / "data" / TRAIN), read_rows(tmp_path / "data" / HELD_OUT)
    assert card.counts["train"] == len(train) > 0
    assert card.parents[0].kind == "trajectories"
    assert card.parents[0].sha256 == open_card(trees_folder).sha256
    assert not {row["question"] for row in train} & {row["question"] for row in held_out}
    assert all(is_held_out(row["question"], 0.3) for row in held_out)
    page = (tmp_path / "data" / PAGE).read_text()
    assert "| Questions | 12 |" in page
    for plot in ("tasks.svg", "turns.svg", "runs.svg"):
        assert f"]({plot})" in page
        assert "<svg" in (tmp_path / "data" / plot).read_text()
    assert {tree.task for tree in open_trees(trees_folder)[1]} == set(TASKS)


def test_a_target_that_is_there_is_not_overwritten(trees_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ConfigurationError, match="is there already"):
        build(trees_folder, tmp_path / "data", Choice())


def test_a_failure_leaves_nothing(
    trees_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("codesteer.training.conversations.write_statistics", fail)
    with pytest.raises(OSError, match="disk full"):
        build(trees_folder, tmp_path / "data", Choice())
    assert list(tmp_path.iterdir()) == []


def test_another_kind_of_artefact_is_refused(trees_folder: Path, tmp_path: Path) -> None:
    build(trees_folder, tmp_path / "data", Choice())
    with pytest.raises(ConfigurationError, match="holds conversations, but trajectories is needed"):
        build(tmp_path / "data", tmp_path / "more", Choice())
    with pytest.raises(ConfigurationError, match="there is no folder"):
        build(tmp_path / "nowhere", tmp_path / "more", Choice())
