"""Collecting trees: resumable after each question, no duplicates, no evaluation data."""

import dataclasses
import json
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
from tests.support.training import SETTINGS, TASKS, explorer, selection
from tests.training.test_pairs import BY_HAND

from codesteer.errors import (
    CodeSteerError,
    ConfigurationError,
    ModelError,
    ModelFileError,
    ModelRefusedError,
    ModelUnavailableError,
    SandboxError,
    ServerError,
    TrainingError,
)
from codesteer.prompts.loader import hash_of_folders
from codesteer.symbench import Item, load_task
from codesteer.symbench.seeds import split_of
from codesteer.training.artefact import CARD, Card, load_card, write_card
from codesteer.training.decision_table import decision_rows
from codesteer.training.decontamination import contaminations, read_questions, require_clean
from codesteer.training.explorer import Explorer
from codesteer.training.failures import FAILED_FILE
from codesteer.training.journal import Journal
from codesteer.training.provenance import TRAJECTORY_PROMPTS, steering_version
from codesteer.training.questions import QuestionSelection, draw_questions, trainable_tasks
from codesteer.training.rows import write_parquet
from codesteer.training.trajectories import (
    SETTINGS_FILE,
    TREES_FILE,
    CollectionResult,
    TrajectorySettings,
    collect_trajectories,
    load_trees,
    read_trees,
)
from codesteer.training.tree import Tree, to_json

ROOT = Path(__file__).parents[2]


def gather(folder: Path, per_task: int = 1, **options: object) -> CollectionResult:
    chosen = selection(per_task)
    return collect_trajectories(folder, SETTINGS, chosen, explorer=explorer(selection(3)), **options)  # type: ignore[arg-type]


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


def test_a_partial_line_is_skipped_by_readers_and_removed_by_the_writer(tmp_path: Path) -> None:
    gather(tmp_path / "trees")
    path = tmp_path / "trees" / TREES_FILE
    whole = path.read_bytes()
    partial = whole + b'{"item": "' + b"x" * 200_000
    path.write_bytes(partial)
    assert len(list(read_trees(tmp_path / "trees"))) == 3
    assert path.read_bytes() == partial, "it may be a line that a writer is just writing"
    assert gather(tmp_path / "trees").counts["questions"] == 3
    assert path.read_bytes() == whole
    path.write_bytes(whole[:-10])
    assert gather(tmp_path / "trees").counts["questions"] == 3


def test_a_last_line_without_a_line_break_is_kept(tmp_path: Path) -> None:
    gather(tmp_path / "trees")
    path = tmp_path / "trees" / TREES_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert len(list(read_trees(tmp_path / "trees"))) == 3
    assert path.read_bytes() == whole[:-1]
    assert gather(tmp_path / "trees", 2).counts["questions"] == 6
    assert path.read_bytes().startswith(whole)


def test_a_reader_beside_a_writer_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    writer = Journal(file)
    writer.append('{"a": 1}')
    with file.open("ab", buffering=0) as writing:
        writing.write(b'{"b": ')
        assert [line.text for line in Journal(file).lines()] == [b'{"a": 1}\n']
        writing.write(b"2}\n")
    assert len(list(Journal(file).lines())) == 2


@pytest.mark.parametrize("left", [b"", b"\n", b"{", b'{"b": 2', b"\xff"])
def test_a_repaired_file_takes_the_next_line(left: bytes, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "lines.jsonl")
    journal.repair()
    journal.append('{"a": 1}')
    with journal.path.open("ab") as file:
        file.write(left)
    journal.repair()
    journal.append('{"c": 3}')
    assert [json.loads(line.text) for line in journal.lines()] == [{"a": 1}, {"c": 3}]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from codesteer.training.failures import FAILED_FILE
from codesteer.training.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]))
journal.append('{"a": 1}')
resource.setrlimit(resource.RLIMIT_FSIZE, (15, resource.RLIM_INFINITY))
try:
    journal.append('{"b": 2}')
except OSError:
    print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append('{"c": 3}')
"""


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(file)], check=True, capture_output=True, text=True
    )
    assert done.stdout == "refused\n"
    assert file.read_text() == '{"a": 1}\n{"c": 3}\n'


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / TREES_FILE).mkdir()
    with pytest.raises(ConfigurationError, match=r"cannot read .*trees\.jsonl"):
        list(read_trees(tmp_path))


def test_an_invalid_line_is_named(tmp_path: Path) -> None:
    gather(tmp_path / "trees")
    Journal(tmp_path / "trees" / TREES_FILE).append('{"item": 3}')
    with pytest.raises(ConfigurationError, match=r"trees\.jsonl:4: not a tree"):
        list(read_trees(tmp_path / "trees"))


def test_blank_lines_count_in_a_location(tmp_path: Path) -> None:
    (tmp_path / TREES_FILE).write_bytes(b"\r\n\n{}\r\n")
    with pytest.raises(ConfigurationError, match=r"trees\.jsonl:3: not a tree"):
        list(read_trees(tmp_path))


DAMAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "level: Field required": lambda tree: tree["item"].pop("level"),
    "level: Input should be a valid integer": lambda tree: tree["item"].update(level="hard"),
    "id: Field required": lambda tree: tree["item"].pop("id"),
    "task: Input should be a valid string": lambda tree: tree["item"].update(task=None),
    "question: Field required": lambda tree: tree["item"].pop("question"),
    "without its parent": lambda tree: tree["nodes"].pop(0),
    "seconds: Input should be greater": lambda tree: tree.update(seconds=-5),
    "seconds: Input should be a finite": lambda tree: tree.update(seconds=float("nan")),
    "occurs twice": lambda tree: tree["nodes"].append(tree["nodes"][-1]),
    "parent before it": lambda tree: tree["nodes"].reverse(),
}


@pytest.mark.parametrize("message", DAMAGES)
def test_a_tree_with_a_missing_part_is_named(message: str, tmp_path: Path) -> None:
    path = tmp_path / TREES_FILE
    path.write_text(to_json(BY_HAND), encoding="utf-8")
    assert list(read_trees(tmp_path)) == [BY_HAND]
    tree = json.loads(to_json(BY_HAND))
    DAMAGES[message](tree)
    path.write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=rf"trees\.jsonl:1: not a tree of guidance: .*{message}"):
        list(read_trees(tmp_path))


@pytest.mark.parametrize("content", [b"", b"{}}", "{}".encode("utf-16"), b"\xff"])
def test_damaged_settings_and_cards_are_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"settings\.json"):
        gather(tmp_path)
    (tmp_path / CARD).write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"card\.json"):
        load_trees(tmp_path)


def test_an_unfinished_folder_is_not_an_artefact(tmp_path: Path) -> None:
    gather(tmp_path / "trees")
    (tmp_path / "trees" / CARD).unlink()
    with pytest.raises(ConfigurationError, match="is not a finished artefact"):
        load_trees(tmp_path / "trees")


def test_a_modified_file_invalidates_the_artefact(tmp_path: Path) -> None:
    gather(tmp_path / "trees")
    Journal(tmp_path / "trees" / TREES_FILE).append("{}")
    with pytest.raises(ConfigurationError, match="does not match the card"):
        load_trees(tmp_path / "trees")


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


def load_card_unchecked(folder: Path) -> Card:
    return Card.model_validate_json((folder / CARD).read_text())


def test_a_killed_command_resumes_at_its_question(tmp_path: Path) -> None:
    script = f"""
        import time
        from pathlib import Path
        from tests.support.training import SETTINGS, explorer, selection
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
