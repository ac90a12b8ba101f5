"""Preference pairs: the paper's tree scores, margins, replays, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.training import SETTINGS, explorer, selection

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.prompts.loader import render
from codesteer.symbench import Outcome, load_task
from codesteer.training.artefact import load_card
from codesteer.training.pairs import (
    Pair,
    PairSelection,
    build_pairs,
    node_scores,
    read_pairs,
    read_replay_pairs,
    select_pairs,
    sibling_pairs,
)
from codesteer.training.rows import HELD_OUT, TRAIN, read_rows
from codesteer.training.trajectories import collect_trajectories
from codesteer.training.tree import Leaf, Node, Tree


def node(id_: str, outcome: str | None = None, guidance: str = "") -> Node:
    action = Action.IMPROVE if outcome is None else Action.RETURN
    decision = Decision(action=action, mode=Mode.CODE, guidance=guidance or id_, reason="r", guide="g")
    leaf = None if outcome is None else Leaf(ending="returned", answer="a", outcome=Outcome(outcome))
    return Node(
        id=id_, proposers=("g",), seen=f"evidence of {id_.rpartition('.')[0]}", decision=decision, leaf=leaf
    )


def tree(*nodes: Node) -> Tree:
    return Tree(
        item={"id": "game24/1", "task": "game24", "question": "q", "level": 1},
        system="s",
        nodes=nodes,
        seconds=1.0,
    )


BY_HAND = tree(
    node("0"),
    node("1", "wrong"),
    node("0.0", "correct"),
    node("0.1"),
    node("0.1.0", "correct"),
    node("0.1.1", "wrong"),
)


def test_scores_by_hand() -> None:
    """Correct at turn i: 15 - i; wrong: -i; inside: the mean."""
    assert node_scores(BY_HAND) == {"0.1.0": 12, "0.1.1": -3, "0.1": 4.5, "0.0": 13, "1": -1, "0": 8.75}


@pytest.mark.parametrize("outcomes", [("wrong", "wrong"), ("correct", "correct")])
def test_a_question_of_either_extreme_teaches_nothing(outcomes: tuple[str, str]) -> None:
    """Its scores differ by the number of turns only: giving up at once would be worth two points more."""
    first, second = outcomes
    one = tree(node("0", first), node("1"), node("1.0"), node("1.0.0", second))
    assert node_scores(one)["0"] - node_scores(one)["1"] == 2
    assert list(sibling_pairs(one, 2.0)) == []


def test_a_branch_without_a_leaf_has_no_score() -> None:
    assert node_scores(tree(node("0"), node("1", "wrong"))) == {"1": -1}


def test_pairs_are_siblings_with_the_better_one_chosen() -> None:
    found = {
        (
            json.loads(pair.chosen[0]["content"])["guidance"],
            json.loads(pair.rejected[0]["content"])["guidance"],
        )
        for pair in sibling_pairs(BY_HAND, 2.0)
    }
    assert found == {("0", "1"), ("0.0", "0.1"), ("0.1.0", "0.1.1")}


def test_the_margin() -> None:
    margins = sorted(pair.margin for pair in sibling_pairs(BY_HAND, 0.1))
    assert margins == [8.5, 9.75, 15.0]
    assert [pair.margin for pair in sibling_pairs(BY_HAND, 9)] != []
    assert len(list(sibling_pairs(BY_HAND, 9.75))) == 2
    assert list(sibling_pairs(BY_HAND, 15.1)) == []


def test_a_pair_shares_the_conversation_before() -> None:
    last = max(sibling_pairs(BY_HAND, 15), key=lambda pair: len(pair.prompt))
    assert [message["role"] for message in last.prompt] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert last.prompt[-1]["content"] == "evidence of 0.1"


def test_identical_siblings_are_not_a_pair() -> None:
    twins = tree(node("0", "correct", "same"), node("1", "wrong", "same"))
    assert list(sibling_pairs(twins, 1)) == []


def test_without_margin_there_is_nothing_to_learn() -> None:
    with pytest.raises(TrainingError, match="no two sibling decisions differ in score by 2"):
        select_pairs([], PairSelection())


def pair(asked: str, **more: Any) -> dict[str, Any]:
    return {
        "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": f"Question:\n{asked}"}],
        "chosen": [{"role": "assistant", "content": '{"action": "code"}'}],
        "rejected": [{"role": "assistant", "content": '{"action": "text"}'}],
        **more,
    }


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_replays_become_pairs_and_keep_their_metadata(tmp_path: Path) -> None:
    path = write(tmp_path / "replays.jsonl", pair("a", question="1", run="r7"), pair("b", question="2"))
    build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0), replays=[path])
    rows = read_rows(tmp_path / "pairs" / TRAIN)
    assert [row["source"] for row in rows] == ["replay", "replay"]
    assert rows[0]["run"] == "r7"
    card = load_card(tmp_path / "pairs", "pairs")
    assert card.parents[0].name == "replays.jsonl"
    assert card.counts["by preference"] == {"code > text": 2}


def bare(asked: str, **more: Any) -> dict[str, Any]:
    """A row with no more than the documentation demands."""
    return {name: pair(asked, **more)[name] for name in ("prompt", "chosen", "rejected")}


def test_replays_without_a_question_are_grouped_by_what_the_prompt_asks(tmp_path: Path) -> None:
    rows = [bare(f"How much is {number} + 1?") for number in range(50)]
    path = write(tmp_path / "replays.jsonl", *rows)
    card = build_pairs(None, tmp_path / "pairs", PairSelection(), replays=[path])
    assert (card.counts["train"] + card.counts["held out"], card.counts["found"]) == (50, 50)
    assert card.counts["held out"] > 0
    questions = [row["question"] for row in read_rows(tmp_path / "pairs" / TRAIN)]
    assert len(set(questions)) == len(questions)


def test_one_question_at_several_turns_is_one_group() -> None:
    later = [{"role": "assistant", "content": "{}"}, {"role": "user", "content": "It failed."}]
    rows = [bare("a"), bare("a ") | {"prompt": [*bare("a")["prompt"], *later]}, bare("b")]
    rows.append(bare("a") | {"prompt": bare("a")["prompt"][1:]})
    first, second, other, without_system = (Pair.model_validate(row).question for row in rows)
    assert first == second == without_system != other
    assert Pair.model_validate(rows[0] | {"question": ""}).question == first


def native(question: str, history: str = "", **more: Any) -> dict[str, Any]:
    """A row as ``codesteer replay`` writes it."""
    opening = {"role": "user", "content": render("guide/first", history=history, question=question)}
    return pair("", **more) | {"prompt": [{"role": "system", "content": "s"}, opening]}


def test_a_question_has_one_place_whatever_its_sources_call_it(tmp_path: Path) -> None:
    told = ("", "A remembered program was run.\n\nQuestion:\nWhat is it?")
    rows = [
        native(f"Which number is {number}?", history) | {"question": f"{source}/{number}"}
        for source, history in enumerate(told)
        for number in range(60)
    ]
    rows += [native(f"Which is {number}?\n\nQuestion:\nWhy?") for number in range(60)]
    assert len({Pair.model_validate(row).asked for row in rows}) == 120
    path = write(tmp_path / "replays.jsonl", *rows)
    build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0.3, ratio=100), replays=[path])
    train, held_out = (
        {Pair.model_validate(row).asked for row in read_rows(tmp_path / "pairs" / name)}
        for name in (TRAIN, HELD_OUT)
    )
    assert train
    assert held_out
    assert not train & held_out


def test_pairs_without_a_task_are_not_of_one_task() -> None:
    rows = [pair(f"{task}{number}", task=task) for task in ("game24", "mahjong") for number in range(10)]
    rows += [bare(str(number)) for number in range(100)]
    pairs = [Pair.model_validate(row) for row in rows]
    assert len(select_pairs(pairs, PairSelection(ratio=1, task_share=0.2))) == len(pairs)


def test_an_infinite_ratio_is_no_limit(tmp_path: Path) -> None:
    rows = [pair(f"{task}{number}", task=task) for task, most in SIZES.items() for number in range(most)]
    path = write(tmp_path / "replays.jsonl", *rows)
    unlimited = PairSelection(ratio=float("inf"), held_out=0)
    assert build_pairs(None, tmp_path / "all", unlimited, replays=[path]).counts["train"] == len(rows)
    assert load_card(tmp_path / "all", "pairs").config["ratio"] == "Infinity"
    assert build_pairs(None, tmp_path / "few", PairSelection(held_out=0), replays=[path]).counts["train"] < 30


SIZES = {"game24": 3, "mahjong": 5, "string_insertion": 40}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"prompt": []}, "prompt"),
        ({key: value for key, value in pair("a").items() if key != "chosen"}, "chosen: Field required"),
        (pair("a") | {"rejected": "text"}, "rejected"),
    ],
)
def test_an_invalid_pair_is_named(row: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "replays.jsonl", pair("a"), row)
    with pytest.raises(ConfigurationError, match=rf"replays\.jsonl:2: not a preference pair: {message}"):
        read_replay_pairs(path)


FIRST, SYSTEM = {"role": "user", "content": "Question:\na"}, {"role": "system", "content": "s"}
DECISION = {"role": "assistant", "content": '{"action": "code"}'}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rejected": [DECISION]}, "chosen and rejected are the same"),
        (
            {"rejected": [{**DECISION, "content": ' {"action": "code"}\n'}]},
            "chosen and rejected are the same",
        ),
        ({"chosen": [{"role": "user", "content": "x"}]}, "chosen: .*role must be 'assistant'"),
        ({"rejected": [{"role": "system", "content": "x"}]}, "rejected: .*role must be 'assistant'"),
        ({"chosen": [{**DECISION, "content": "blah"}]}, "chosen is not a decision"),
        ({"chosen": [{**DECISION, "content": ""}]}, "chosen is not a decision"),
        ({"prompt": [DECISION]}, "prompt: .*begin and end with a message of the user"),
        ({"prompt": [DECISION, FIRST]}, "prompt: .*begin and end"),
        ({"prompt": [FIRST, DECISION]}, "prompt: .*begin and end"),
        ({"prompt": [SYSTEM]}, "prompt: .*begin and end"),
        ({"prompt": [FIRST, SYSTEM]}, "prompt: .*begin and end"),
        ({"margin": float("nan")}, "not JSON compliant"),
        ({"margin": float("-inf")}, "not JSON compliant"),
        ({"note": {"score": [float("nan")]}}, "not JSON compliant"),
    ],
)
def test_a_pair_that_teaches_nothing_is_refused(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "replays.jsonl", pair("a"), {**pair("a"), **changes})
    for read in (read_replay_pairs, read_pairs):
        with pytest.raises(
            ConfigurationError, match=rf"replays\.jsonl:2: not a preference pair: .*{message}"
        ):
            read(path)


def test_a_malformed_reply_may_be_rejected() -> None:
    rejected = [{"role": "assistant", "content": "I would say code?"}]
    assert Pair.model_validate({**pair("a"), "rejected": rejected}).kind == "code > ?"


def test_odd_characters_of_replays_can_be_written(tmp_path: Path) -> None:
    path = write(tmp_path / "replays.jsonl", pair("q \ud800", note="\0"))
    build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0), replays=[path])
    (row,) = read_rows(tmp_path / "pairs" / TRAIN)
    assert row["prompt"][1]["content"].endswith("q \N{REPLACEMENT CHARACTER}")


def test_pairs_in_both_directions_teach_nothing(tmp_path: Path) -> None:
    one = pair("a")
    other = {**one, "chosen": one["rejected"], "rejected": one["chosen"]}
    path = write(tmp_path / "replays.jsonl", one, other, one, pair("b"))
    card = build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0), replays=[path])
    assert (card.counts["train"], card.counts["left out, contradicting"]) == (1, 3)
    path = write(tmp_path / "none.jsonl", one, other)
    with pytest.raises(TrainingError, match="every pair also stands in the other direction"):
        build_pairs(None, tmp_path / "none", PairSelection(held_out=0), replays=[path])


def generated(task: str, split: Any) -> str:
    return load_task(task).generate(0, 1, split).question


@pytest.mark.parametrize("task", ["game24", "Game24", " game24 ", "GAME24\n"])
@pytest.mark.parametrize("split", ["test", "dev"])
def test_replays_of_another_split_are_refused(task: str, split: str, tmp_path: Path) -> None:
    path = write(tmp_path / "replays.jsonl", native(generated("game24", split), task=task))
    with pytest.raises(TrainingError, match=f"evaluation data .the split '{split}'"):
        build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0), replays=[path])


@pytest.mark.parametrize(
    "task", ["letters", "LETTERS ", "combinatorial-calculation", "Combinatorial Calculation"]
)
def test_an_unseen_task_is_recognised_however_it_is_written(task: str, tmp_path: Path) -> None:
    path = write(tmp_path / "replays.jsonl", native("q", task=task))
    with pytest.raises(TrainingError, match=r"from the unseen task (letters|combinatorial_calculation)"):
        build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0), replays=[path])


def test_replays_of_the_training_split_and_of_other_questions_are_kept(tmp_path: Path) -> None:
    rows = [
        native(generated("game24", "train"), task="Game24"),
        native("Mine?", task="my own"),
        native("Why?"),
    ]
    path = write(tmp_path / "replays.jsonl", *rows)
    card = build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0), replays=[path])
    assert card.counts["by task"] == {"(none)": 1, "game24": 1, "my own": 1}
    assert card.counts["replays without a task, whose split is unknown"] == 1


def test_replays_of_evaluation_questions_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "replays.jsonl", pair("How many primes are below 20?"))
    against = {"how many primes are below 20 ?": "samples.jsonl:4"}
    with pytest.raises(
        TrainingError, match=r"pair 1 is from a question in evaluation data \(samples\.jsonl:4\)"
    ):
        build_pairs(None, tmp_path / "pairs", PairSelection(), replays=[path], against=against)
    later = {"role": "assistant", "content": "{}"}, {"role": "user", "content": "It failed."}
    path = write(
        tmp_path / "bare.jsonl",
        bare("") | {"prompt": [*pair("How many primes are below 20?")["prompt"][1:], *later]},
    )
    with pytest.raises(TrainingError, match="is from a question in evaluation data"):
        build_pairs(None, tmp_path / "pairs", PairSelection(), replays=[path], against=against)
    unseen = write(tmp_path / "unseen.jsonl", pair("q", task="letters"))
    with pytest.raises(TrainingError, match="from the unseen task letters"):
        build_pairs(None, tmp_path / "pairs", PairSelection(), replays=[unseen])


@pytest.mark.parametrize("row", [native("What is 12+24?"), bare("What is 12+24?"), native("What is 1+2+24?")])
def test_a_question_that_only_holds_the_signs_of_another_is_not_it(
    row: dict[str, Any], tmp_path: Path
) -> None:
    against = {"2 + 2": "a", "what is 2 + 2 ?": "b", "2 + 24": "c"}
    path = write(tmp_path / "replays.jsonl", row)
    build_pairs(None, tmp_path / "pairs", PairSelection(held_out=0), replays=[path], against=against)


@pytest.mark.parametrize(
    "row", [native("What is 2+2?"), native("what is  2 + 2 ?", "Before."), bare("What is 2+2?")]
)
def test_an_evaluation_question_is_found_in_every_prompt(row: dict[str, Any], tmp_path: Path) -> None:
    path = write(tmp_path / "replays.jsonl", row)
    with pytest.raises(TrainingError, match="evaluation data"):
        build_pairs(
            None, tmp_path / "pairs", PairSelection(), replays=[path], against={"what is 2 + 2 ?": "b"}
        )


def test_pairs_from_trajectories(tmp_path: Path) -> None:
    collect_trajectories(tmp_path / "trees", SETTINGS, selection(4), explorer=explorer(selection(4)))
    build_pairs(tmp_path / "trees", tmp_path / "pairs", PairSelection(held_out=0.3, per_question=3))
    train, held_out = (read_rows(tmp_path / "pairs" / name) for name in (TRAIN, HELD_OUT))
    assert train
    assert held_out
    assert not {row["question"] for row in train} & {row["question"] for row in held_out}
    assert all(Pair.model_validate(row).margin >= 2 for row in train)
    per_question = [row["question"] for row in train]
    assert max(per_question.count(question) for question in per_question) <= 3
    with pytest.raises(TrainingError, match="differ in score by 40"):
        build_pairs(tmp_path / "trees", tmp_path / "none", PairSelection(margin=40))
    assert not (tmp_path / "none").exists()
