"""Files of trees survive partial lines, a full disk and other readers; damage is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.training import gather
from tests.training.test_pairs import BY_HAND

from codesteer.errors import (
    ConfigurationError,
)
from codesteer.training.artefact import CARD
from codesteer.training.journal import Journal
from codesteer.training.trajectories import (
    SETTINGS_FILE,
    TREES_FILE,
    load_trees,
    read_trees,
)
from codesteer.training.tree import to_json


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
