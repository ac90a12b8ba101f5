"""A sampling goes on after failures: outages stop it, a question that always fails is left out."""

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from tests.support.training import SETTINGS, explorer, gather, selection

from codesteer.errors import (
    CodeSteerError,
    ConfigurationError,
    ModelError,
    ModelFileError,
    ModelRefusedError,
    ModelUnavailableError,
    SandboxError,
    ServerError,
)
from codesteer.symbench import Item
from codesteer.training.artefact import CARD
from codesteer.training.explorer import Explorer
from codesteer.training.failures import FAILED_FILE
from codesteer.training.questions import draw_questions
from codesteer.training.trajectories import (
    TREES_FILE,
    collect_trajectories,
    load_trees,
    read_trees,
)
from codesteer.training.tree import Tree

ROOT = Path(__file__).parents[2]


class Dying(Explorer):
    """Fails on some questions."""

    failing: ClassVar[Callable[[str], bool]]
    error: ClassVar[CodeSteerError]

    async def build_tree(self, item: Item[Any, Any]) -> Tree:
        if type(self).failing(item.id):
            raise type(self).error
        return await super().build_tree(item)


def dying(failing: Callable[[str], bool], error: CodeSteerError | None = None) -> Explorer:
    one = explorer(selection(3))
    members = {"failing": staticmethod(failing), "error": error or ModelUnavailableError("down")}
    kind = type("DyingNow", (Dying,), {**members, "__slots__": ()})
    fields = {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}
    return cast("Explorer", kind(**fields))


def test_a_dead_model_stops_the_command_and_keeps_finished_trees(tmp_path: Path) -> None:
    dead = dying(lambda id_: not id_.endswith("/0"))
    with pytest.raises(ModelUnavailableError, match="down"):
        collect_trajectories(tmp_path / "trees", SETTINGS, selection(3), explorer=dead)
    assert len(list(read_trees(tmp_path / "trees"))) == 3
    assert not (tmp_path / "trees" / CARD).exists()
    assert gather(tmp_path / "trees", 3).counts["questions"] == 9


def test_a_failed_question_is_skipped_and_retried_later(tmp_path: Path) -> None:
    flaky = dying(lambda id_: id_.startswith("light_puzzles"))
    found = collect_trajectories(tmp_path / "trees", SETTINGS, selection(2), explorer=flaky)
    assert len(found.failures) == 2
    assert "light_puzzles" in found.failures[0]
    assert not (tmp_path / "trees" / CARD).exists(), "what is not complete is no artefact"
    assert gather(tmp_path / "trees", 2).counts["questions"] == 6


def refused(status: int) -> ModelRefusedError:
    error = ModelRefusedError(f"refused ({status})")
    error.__cause__ = Answered(status)
    return error


class Answered(Exception):  # noqa: N818 (it stands for any name)
    """A client's exception."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


OWN = [ModelRefusedError("too long"), refused(400), refused(413), ModelError("no usable reply")]


OUTAGES = [
    refused(401),
    refused(402),
    refused(403),
    ModelUnavailableError("down"),
    ModelFileError("gone"),
    SandboxError("broken"),
    ServerError("down"),
]


def try_to_finish(
    folder: Path, failing: Callable[[str], bool], error: CodeSteerError, times: int = 6
) -> bool:
    """Run the command several times; return whether the folder is finished."""
    for _ in range(times):
        with suppress(type(error)):
            collect_trajectories(folder, SETTINGS, selection(3), explorer=dying(failing, error))
    return (folder / CARD).exists()


@pytest.mark.parametrize("error", OWN)
@pytest.mark.parametrize(
    "failing",
    [
        lambda id_: id_.startswith("game24") and id_.endswith("/0"),
        lambda id_: id_.startswith("string_insertion") and id_.endswith("/2"),
        lambda id_: id_.startswith("light_puzzles"),
        lambda id_: not id_.endswith("/0"),
    ],
)
def test_a_question_that_always_fails_is_left_out(
    error: CodeSteerError, failing: Callable[[str], bool], tmp_path: Path
) -> None:
    assert try_to_finish(tmp_path, failing, error)
    card, trees = load_trees(tmp_path)
    items = draw_questions(selection(3), {}).items
    assert {tree.id for tree in trees} == {item.id for item in items if not failing(item.id)}
    assert card.counts["left out, failed twice"] == len(items) - len(trees)
    (tmp_path / FAILED_FILE).unlink()
    assert gather(tmp_path, 3).counts["questions"] == 9, "they can be asked again"


def test_the_first_failure_leaves_nothing_out(tmp_path: Path) -> None:
    first = dying(lambda id_: id_.endswith("/0"), ModelRefusedError("too long"))
    with pytest.raises(ModelRefusedError):
        collect_trajectories(tmp_path, SETTINGS, selection(3), explorer=first)
    found = gather(tmp_path, 3)
    assert (found.counts["questions"], found.counts["left out, failed twice"]) == (9, 0)


@pytest.mark.parametrize("error", OUTAGES)
def test_an_outage_leaves_nothing_out(error: CodeSteerError, tmp_path: Path) -> None:
    assert not try_to_finish(tmp_path, lambda id_: id_.startswith("light_puzzles"), error, times=3)
    assert gather(tmp_path, 3).counts["questions"] == 9


@pytest.mark.parametrize("error", OWN)
def test_a_model_that_fails_at_every_question_leaves_nothing_out(
    error: CodeSteerError, tmp_path: Path
) -> None:
    assert not try_to_finish(tmp_path, lambda _: True, error, times=3)
    assert gather(tmp_path, 3).counts["questions"] == 9


def test_an_invalid_line_of_failures_is_named(tmp_path: Path) -> None:
    gather(tmp_path)
    (tmp_path / FAILED_FILE).write_text("{}\n")
    with pytest.raises(ConfigurationError, match=r"failed\.jsonl:1: not a failure of a question"):
        gather(tmp_path)


@pytest.mark.parametrize("parallel", [0, -1])
def test_asking_nothing_does_not_finish_a_folder(parallel: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="at least one question"):
        gather(tmp_path / "trees", parallel=parallel)
    assert not (tmp_path / "trees").exists()


def test_a_killed_command_resumes_at_its_question(tmp_path: Path) -> None:
    script = f"""
        import time
        from pathlib import Path
        from tests.support.training import gather, SETTINGS, explorer, selection
        from codesteer.training.trajectories import collect_trajectories
        collect_trajectories(
            Path({str(tmp_path / "trees")!r}), SETTINGS, selection(3), explorer=explorer(selection(3)),
            progress=lambda tree: time.sleep(0.3),
        )
    """
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], env=os.environ | {"PYTHONPATH": path}, cwd=ROOT
    )
    trees = tmp_path / "trees" / TREES_FILE
    deadline = time.monotonic() + 60
    while not (trees.exists() and trees.read_bytes().count(b"\n") >= 2) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = [tree.id for tree in read_trees(tmp_path / "trees")]
    assert 2 <= len(done) < 9
    gather(tmp_path / "trees", 3)
    after = [tree.id for tree in read_trees(tmp_path / "trees")]
    assert after[: len(done)] == done
    assert len(after) == len(set(after)) == 9
