"""A finished run has one Inspect log for each method, whatever happened on the way."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from inspect_ai.log import EvalLog, read_eval_log
from tests.evals.test_runner import PROGRAM, TASKS, command
from tests.support.endpoint import Endpoint, serve
from tests.support.results import result

from codesteer.errors import ConfigurationError
from codesteer.evals.engine.joined_logs import join_rounds, joined_items, joined_log
from codesteer.evals.engine.unreadable_logs import UNREADABLE_FOLDER, set_unreadable_aside
from codesteer.evals.methods.names import method_slug
from codesteer.evals.plan import LOG_FOLDER, ROUND_FOLDER, new_plan, save_plan
from codesteer.evals.results import (
    RESULTS_FILE,
    Result,
    items_without_log,
    read_results,
    require_own_results,
    store_results,
)
from codesteer.evals.selection import ItemSelection

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
METHODS = ("code", "vote:3")
REFUSED = (400, {"error": {"message": "no such thing"}})


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serve(PROGRAM) as served:
        yield served


def run(endpoint: Endpoint, folder: Path, *, samples: int = 2, code: int = 0) -> int:
    """Run the command and return the number of its requests."""
    before = len(endpoint.requests)
    options = ("--methods", ",".join(METHODS), "--samples", str(samples), "--concurrency", "1")
    done = command(endpoint.url, folder, *options)
    assert done.returncode == code, done.stderr
    return len(endpoint.requests) - before


def logs(folder: Path) -> list[EvalLog]:
    return [read_eval_log(str(joined_log(folder, method))) for method in METHODS]


def test_a_finished_run_has_one_log_for_each_method(endpoint: Endpoint, tmp_path: Path) -> None:
    run(endpoint, tmp_path)
    names = sorted(file.name for file in (tmp_path / LOG_FOLDER).iterdir())
    assert names == ["code.eval", "vote-3.eval"]
    assert not (tmp_path / ROUND_FOLDER).exists()
    for method, log in zip(METHODS, logs(tmp_path), strict=True):
        samples = log.samples or []
        assert (log.status, log.eval.task_args["method"], len(samples)) == ("success", method, 4)
        assert (log.eval.task_args["first"], log.eval.task_args["samples"]) == (0, 2)
        assert log.results is not None
        assert (log.results.total_samples, log.results.completed_samples) == (4, 4)
        assert {score.name for score in log.results.scores} == {"strict", "published"}
        used = sum(usage.total_tokens for sample in samples for usage in sample.model_usage.values())
        assert used == sum(usage.total_tokens for usage in log.stats.model_usage.values())
        assert joined_items(tmp_path, method) == {str(sample.id) for sample in samples}


def test_more_samples_are_added_to_the_logs_and_nothing_is_asked_again(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    first = run(endpoint, tmp_path, samples=1)
    before = read_results(tmp_path)
    assert run(endpoint, tmp_path, samples=1) == 0
    assert run(endpoint, tmp_path, samples=3) == 2 * first
    results = read_results(tmp_path)
    assert len(results) == 2 * 2 * 3
    assert [result for result in results if result in before] == before
    assert [len(log.samples or []) for log in logs(tmp_path)] == [6, 6]


def test_rounds_with_errors_stay_until_they_are_finished(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = [REFUSED]
    run(endpoint, tmp_path, samples=1, code=1)
    assert list((tmp_path / ROUND_FOLDER).glob("*.eval"))
    assert not list((tmp_path / LOG_FOLDER).glob("*.eval"))
    assert {result.strict for result in read_results(tmp_path)} == {"error"}
    endpoint.answers = [PROGRAM]
    run(endpoint, tmp_path, samples=1)
    assert not (tmp_path / ROUND_FOLDER).exists()
    assert [result.strict for result in read_results(tmp_path)] == ["wrong"] * 4


def test_a_crash_between_writing_and_removing_counts_nothing_twice(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    run(endpoint, tmp_path, samples=1)
    rounds = tmp_path / ROUND_FOLDER
    shutil.copytree(tmp_path / LOG_FOLDER, rounds)
    assert len(read_results(tmp_path)) == len(METHODS) * 2
    join_rounds(tmp_path)
    assert not rounds.exists()
    assert [len(log.samples or []) for log in logs(tmp_path)] == [2, 2]


def test_a_truncated_log_is_left_alone(endpoint: Endpoint, tmp_path: Path) -> None:
    run(endpoint, tmp_path, samples=1)
    rounds = tmp_path / ROUND_FOLDER
    rounds.mkdir()
    (rounds / "cut.eval").write_bytes(b"PK")
    join_rounds(tmp_path)
    assert (rounds / "cut.eval").exists()
    assert len(read_results(tmp_path, skip_unreadable=True)) == len(METHODS) * len(TASKS.split(","))


def test_what_crashes_left_of_a_finished_round_is_removed(endpoint: Endpoint, tmp_path: Path) -> None:
    run(endpoint, tmp_path, samples=1)
    rounds, log = tmp_path / ROUND_FOLDER, joined_log(tmp_path, "code")
    task = read_eval_log(str(log), header_only=True).eval.task_id
    rounds.mkdir()
    shutil.copy(log, rounds / f"2026-12-01T00-00-01_symbench-code_{task}.eval")
    (rounds / f"2026-12-01T00-00-00_symbench-code_{task}.eval").write_bytes(b"PK")
    join_rounds(tmp_path)
    assert not rounds.exists()
    assert len(read_results(tmp_path)) == len(METHODS) * len(TASKS.split(","))


def test_unreadable_logs_are_set_aside_and_their_problems_asked_again(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    asked = run(endpoint, tmp_path, samples=1)
    whole = joined_log(tmp_path, "code").read_bytes()
    rounds = tmp_path / ROUND_FOLDER
    rounds.mkdir()
    (rounds / "half.eval").write_bytes(whole[: len(whole) // 2])
    (rounds / "empty.eval").write_bytes(b"")
    joined_log(tmp_path, "code").write_bytes(whole[:-30])
    before = len(endpoint.requests)
    done = command(endpoint.url, tmp_path, "--methods", ",".join(METHODS), "--concurrency", "1")
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert 0 < len(endpoint.requests) - before < asked, "the readable log's problems are not asked again"
    for name in ("half.eval", "empty.eval", "code.eval"):
        assert done.stderr.count(f"{name} cannot be read, so its problems are asked again; it is now ") == 1
    assert {file.name for file in (tmp_path / UNREADABLE_FOLDER).iterdir()} == {
        "half.eval",
        "empty.eval",
        "code.eval",
    }
    assert len(read_results(tmp_path)) == len(METHODS) * len(TASKS.split(","))


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive"])
def test_logs_set_aside_never_replace_each_other(content: bytes, tmp_path: Path) -> None:
    lines: list[str] = []
    for _ in range(3):
        joined_log(tmp_path, "code").parent.mkdir(exist_ok=True)
        joined_log(tmp_path, "code").write_bytes(content)
        set_unreadable_aside(tmp_path, lines.append)
    aside = tmp_path / UNREADABLE_FOLDER
    assert sorted(file.name for file in aside.iterdir()) == ["code-1.eval", "code-2.eval", "code.eval"]
    assert [line.rpartition(" ")[2] for line in lines] == [
        str(aside / f"code{end}.eval") for end in ("", "-1", "-2")
    ]
    set_unreadable_aside(tmp_path, lines.append)
    assert len(lines) == 3


def test_saved_results_without_logs_are_kept_and_done(endpoint: Endpoint, tmp_path: Path) -> None:
    run(endpoint, tmp_path, samples=1)
    store_results(read_results(tmp_path), tmp_path / RESULTS_FILE)
    shutil.rmtree(tmp_path / LOG_FOLDER)
    assert run(endpoint, tmp_path, samples=1) == 0, "all is done"
    done = command(endpoint.url, tmp_path, "--methods", "question", "--concurrency", "1")
    assert done.returncode == 0, done.stderr
    assert {result.method for result in read_results(tmp_path)} == {*METHODS, "question"}
    assert len(read_results(tmp_path)) == (len(METHODS) + 1) * len(TASKS.split(","))


def saved(tmp_path: Path, *results: Result) -> None:
    save_plan(new_plan(methods=("code",), model="m", selection=ItemSelection(), samples=1), tmp_path)
    store_results(results, tmp_path / RESULTS_FILE)


def logged(folder: Path, monkeypatch: pytest.MonkeyPatch, *results: Result) -> None:
    """Have a log say these results."""
    joined_log(folder, "code").parent.mkdir()
    joined_log(folder, "code").touch()
    monkeypatch.setattr("codesteer.evals.results.read_log", lambda _: list(results))


OLD, NEW = result("code", item="1", solved=False), result("code", item="1", solved=True)
ERROR = result("code", item="1", solved=False, strict="error")
OTHERS = [result("code", item="2", solved=True), result("text", item="1", solved=True)]


@pytest.mark.parametrize(
    ("log", "file", "merged"),
    [
        ([NEW], [OLD], [NEW]),
        ([NEW], [OLD, *OTHERS], [NEW, *OTHERS]),
        ([ERROR], [OLD], [OLD]),
        ([NEW], [ERROR], [NEW]),
        (OTHERS, [OLD], [OLD, *OTHERS]),
        (OTHERS, [], OTHERS),
    ],
)
def test_logs_win_over_saved_results(
    log: list[Result],
    file: list[Result],
    merged: list[Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saved(tmp_path, *file)
    logged(tmp_path, monkeypatch, *log)
    assert read_results(tmp_path) == merged


def test_only_what_no_log_holds_is_done_by_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert items_without_log(tmp_path) == {}
    saved(tmp_path, OLD, *OTHERS, result("text", item="3", solved=False, strict="error"))
    everything = {"code": {"letters/1", "letters/2"}, "text": {"letters/1"}}
    assert items_without_log(tmp_path) == everything
    logged(tmp_path, monkeypatch, ERROR, OTHERS[0])
    assert items_without_log(tmp_path) == {"text": {"letters/1"}}


def test_a_report_of_other_runs_is_no_run_to_resume(tmp_path: Path) -> None:
    require_own_results(tmp_path)
    store_results([OLD], tmp_path / RESULTS_FILE)
    with pytest.raises(ConfigurationError, match="report of other runs"):
        require_own_results(tmp_path)
    saved(tmp_path, OLD)
    require_own_results(tmp_path)


def test_an_archive_that_is_no_log_is_named(tmp_path: Path) -> None:
    save_plan(new_plan(methods=("code",), model="m", selection=ItemSelection(), samples=1), tmp_path)
    log = joined_log(tmp_path, "code")
    log.parent.mkdir()
    with ZipFile(log, "w") as archive:
        archive.writestr("header.json", "{}")
    with pytest.raises(ConfigurationError, match=r"cannot read .*code\.eval: .*; run the evaluation again"):
        read_results(tmp_path)
    assert read_results(tmp_path, skip_unreadable=True) == []


def test_methods_never_share_a_file() -> None:
    names = [
        "code",
        "vote:3",
        "steer+experience:rules",
        "steer:hf:runs/a",
        "steer:hf:runs-a",
        "steer:hf:runs a",
    ]
    names += [f"steer:hf:{'x' * 300}{end}" for end in "ab"]
    slugs = [method_slug(name) for name in names]
    assert slugs[:3] == ["code", "vote-3", "steer-experience-rules"]
    assert len(set(slugs)) == len(names)
    assert all(len(slug) < 80 and slug.replace("-", "").isalnum() for slug in slugs)
