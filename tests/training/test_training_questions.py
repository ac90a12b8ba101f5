"""Only questions to train on are sampled: seen tasks, the training split, nothing from evaluation data."""

import json
from pathlib import Path

import pytest
from tests.support.training import gather

from codesteer.errors import (
    ConfigurationError,
    TrainingError,
)
from codesteer.symbench import load_task
from codesteer.symbench.seeds import split_of
from codesteer.training.artefact import CARD, Card, write_card
from codesteer.training.decontamination import contaminations, read_questions, require_clean
from codesteer.training.questions import QuestionSelection, draw_questions, trainable_tasks
from codesteer.training.trajectories import (
    TREES_FILE,
    load_trees,
    read_trees,
)


def load_card_unchecked(folder: Path) -> Card:
    return Card.model_validate_json((folder / CARD).read_text())


@pytest.mark.parametrize("task", ["letters", "no_such_task"])
def test_trees_of_tasks_that_are_not_trained_on_are_refused(task: str, tmp_path: Path) -> None:
    gather(tmp_path)
    path = tmp_path / TREES_FILE
    path.write_text(path.read_text().replace('"task":"game24"', f'"task":"{task}"'))
    with pytest.raises(ConfigurationError, match=task):
        gather(tmp_path)
    write_card(tmp_path, load_card_unchecked(tmp_path))
    with pytest.raises(ConfigurationError, match=task):
        load_trees(tmp_path)


def test_only_seen_tasks_with_a_generator_are_trained_on() -> None:
    assert len(trainable_tasks()) == 26
    assert all(load_task(slug).seen for slug in trainable_tasks())
    with pytest.raises(ConfigurationError, match="letters is an unseen task"):
        draw_questions(QuestionSelection(tasks=("letters",), per_task=1), {})
    with pytest.raises(ConfigurationError, match="math_geometry has no generator"):
        draw_questions(QuestionSelection(tasks=("math_geometry",), per_task=1), {})
    with pytest.raises(ConfigurationError, match="none of the requested ones"):
        draw_questions(QuestionSelection(tasks=("game24",), per_task=1, levels=(99,)), {})


def test_questions_are_drawn_once_and_from_the_training_split() -> None:
    drawn = draw_questions(QuestionSelection(tasks=("game24", "mahjong"), per_task=5), {})
    questions = [item.question for item in drawn.items]
    assert len(set(questions)) == 10
    assert {split_of(question) for question in questions} == {"train"}
    assert [item.task for item in drawn.items[:2]] == ["game24", "mahjong"], "tasks take turns"


def test_questions_of_evaluation_data_are_left_out(tmp_path: Path) -> None:
    first = draw_questions(QuestionSelection(tasks=("game24",), per_task=3), {}).items
    samples = tmp_path / "game24" / "samples.jsonl"
    samples.parent.mkdir()
    samples.write_text(json.dumps({"id": "x", "question": first[0].question.upper() + "\n"}) + "\n")
    against = read_questions([tmp_path])
    assert contaminations([first[0].question, first[1].question], against)[0].location.endswith(
        "samples.jsonl:1"
    )
    drawn = draw_questions(QuestionSelection(tasks=("game24",), per_task=3), against)
    assert drawn.contaminated == 1
    assert first[0].question not in [item.question for item in drawn.items]
    with pytest.raises(TrainingError, match=r"1 training questions are in evaluation data.*samples\.jsonl:1"):
        require_clean([item.question for item in first], against)


def test_a_question_of_another_split_is_contamination() -> None:
    item = load_task("game24").generate(0, 1, "test")
    (found,) = contaminations([item.question], {})
    assert found.location == "the split 'test'"


def test_existing_trees_are_checked_for_contamination(tmp_path: Path) -> None:
    gather(tmp_path / "trees")
    question = next(read_trees(tmp_path / "trees")).item["question"]
    samples = tmp_path / "samples.jsonl"
    samples.write_text(json.dumps({"question": question}))
    with pytest.raises(TrainingError, match="are in evaluation data"):
        gather(tmp_path / "trees", against=[samples])


def test_evaluation_data_without_questions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no \.jsonl file in"):
        read_questions([tmp_path])
    (tmp_path / "a.jsonl").write_text('{"prompt": "x"}\n')
    with pytest.raises(ConfigurationError, match=r"a\.jsonl:1: missing field 'question'"):
        read_questions([tmp_path])
