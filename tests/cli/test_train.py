"""``codesteer train``: output of each step, one-line errors, exit codes."""

import json
import re
from pathlib import Path

import pytest
from tests.support.endpoint import Endpoint, serve
from tests.support.terminal import Terminal

from codesteer.cli.training_runs import LAUNCHED
from codesteer.training.artefact import Card
from codesteer.training.proportion import ENOUGH_PAIRS, too_few

TEXT = "I believe it is <<<0>>>."


def sample(terminal: Terminal, endpoint: Endpoint, *more: str) -> tuple[int, str, str]:
    model = ("--task-model", f"{endpoint.url}#m", "--no-check-answer", "--max-turns", "2", "--widths", "2")
    return terminal.run("train", "trajectories", "--out", "trees", "--per-task", "2", *model, *more)


@pytest.mark.enable_socket
def test_sampling_shows_counts_and_can_be_resumed(terminal: Terminal, tmp_path: Path) -> None:
    with serve(TEXT) as endpoint:
        status, out, _ = sample(terminal, endpoint, "--task", "mahjong", "--level", "1")
        assert status == 0
        assert "questions: 2" in out
        assert "by task: mahjong 2" in out
        assert json.loads((tmp_path / "trees/card.json").read_text())["counts"]["questions"] == 2
        status, _, err = sample(terminal, endpoint, "--task", "mahjong", "--level", "1", "--seed", "4")
    assert status == 2
    assert "trees was started with seed = 0, not 4; choose another --out" in err


@pytest.mark.enable_socket
def test_the_status_of_a_sampling_is_shown(terminal: Terminal, tmp_path: Path) -> None:
    with serve(TEXT) as endpoint:
        sample(terminal, endpoint, "--task", "mahjong", "--level", "1", "--adaptive")
    (tmp_path / "trees/questions.txt").write_text("30\n")
    status, out, _ = terminal.run("train", "status", "trees")
    assert status == 0
    assert "mahjong" in out
    assert "questions: 2 of 30, about" in out
    assert re.search(r"successful conversations: \d+ \(.* first; turns: .*\)", out)
    assert "pairs with a margin of 2: 0 (none)" in out
    status, _, err = terminal.run("train", "status", "nowhere")
    assert (status, "nowhere holds no trajectories" in err) == (2, True)


@pytest.mark.enable_socket
def test_trajectories_can_be_exported(terminal: Terminal, tmp_path: Path) -> None:
    with serve(TEXT) as endpoint:
        sample(terminal, endpoint, "--task", "string_insertion")
    status, out, _ = terminal.run("train", "parquet", "trees", "--out", "trees.parquet")
    assert status == 0
    assert "decisions to trees.parquet" in out
    status, _, err = terminal.run("train", "conversations", "trees", "--out", "data")
    assert status == 1
    assert "no run ended with a right answer; sample more trajectories or easier levels" in err
    assert not (tmp_path / "data").exists()


@pytest.mark.enable_socket
def test_an_unreachable_model_is_a_one_line_error_and_loses_nothing(
    terminal: Terminal, tmp_path: Path
) -> None:
    with serve(TEXT) as endpoint:
        sample(terminal, endpoint, "--task", "mahjong", "--per-task", "1")
    status, _, err = sample(terminal, endpoint, "--task", "mahjong")
    assert status == 1
    assert "cannot be reached" in err
    assert len((tmp_path / "trees/trees.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("trajectories", "--out", "t", "--task", "letters"), "letters is an unseen task"),
        (
            ("trajectories", "--out", "t", "--widths", "3,x"),
            "invalid --widths '3,x': give comma-separated positive integers",
        ),
        (("trajectories", "--out", "t", "--guide", "oracle"), "unknown model 'oracle'"),
        (("conversations", "nowhere", "--out", "d"), "no such folder: nowhere"),
        (("conversations", "nowhere", "--out", "d", "--ratio", "inf"), "no such folder: nowhere"),
        (("pairs", "--out", "p"), "there is no source of pairs"),
        (("sft", "desktop", "--data", "d", "--out", "o"), "no recipe 'desktop'"),
        (
            ("sft", "laptop-0.5b", "--data", "d", "--out", "o", "--set", "sft.speed=9"),
            "unknown field 'sft.speed'",
        ),
        (("dpo", "laptop-0.5b", "--data", "d", "--out", "o"), "no such folder: d"),
        (("export", "nowhere", "--out", "o"), "no such folder: nowhere"),
        (
            ("export", "nowhere", "--out", "o", "--form", "onnx"),
            "unknown form 'onnx': choose one of merged, gguf-adapter",
        ),
        (("accuracy", "m", "--pairs", "nowhere"), "no such folder: nowhere"),
    ],
)
def test_usage_errors_are_one_line(terminal: Terminal, command: tuple[str, ...], message: str) -> None:
    status, out, err = terminal.run("train", *command, *_no_model(command))
    assert status == 2
    assert message in err
    assert "Traceback" not in out + err
    assert err.strip().count("\n") == 0


@pytest.mark.parametrize("option", ["--ratio", "--held-out", "--task-share", "--margin"])
def test_nan_is_refused(terminal: Terminal, option: str) -> None:
    status, out, err = terminal.run("train", "pairs", "nowhere", "--out", "p", option, "nan")
    assert (status, option in err) == (2, True)
    assert "Traceback" not in out + err


def _no_model(command: tuple[str, ...]) -> tuple[str, ...]:
    return ("--task-model", "http://127.0.0.1:9/v1#m") if command[0] == "trajectories" else ()


def test_a_launch_with_a_single_process_does_not_relaunch(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LAUNCHED, "1")
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    status, _, err = terminal.run("train", "sft", "llama3-8b-4xh100", "--data", "d", "--out", "o")
    assert status == 2
    assert "launch.config fsdp2: accelerate started one process instead of 4" in err


@pytest.mark.parametrize("held_out", [0, 12, 100])
def test_a_training_with_few_held_out_pairs_says_what_they_cannot_tell_apart(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held_out: int
) -> None:
    (tmp_path / "pairs").mkdir()
    card = Card(kind="dpo", config={}, counts={"pairs": 40, "held out": held_out})
    monkeypatch.setattr("codesteer.training.dpo.train_dpo", lambda *_, **__: card)
    status, out, err = terminal.run("train", "dpo", "laptop-0.5b", "--data", "pairs", "--out", "guide")
    assert (status, f"held out: {held_out}" in out) == (0, True)
    warning = too_few(held_out)
    assert bool(warning) == (held_out < ENOUGH_PAIRS)
    assert (f"warning: {warning}" if warning else "finished") in " ".join((out + err).split())
