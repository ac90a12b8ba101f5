"""A store's file is created or only read, and whole after a kill."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from langgraph.store.sqlite import SqliteStore

from codesteer.errors import ConfigurationError
from codesteer.experience.store_file import open_store_file, read_store_file

NAMESPACE = ("codesteer", "shared", "tests")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with one item, in a folder that did not exist."""
    path = tmp_path / "new folder" / "store #1?.sqlite"
    with open_store_file(path) as store:
        store.put(NAMESPACE, "one", {"number": 1})
    return path


def numbers(store: SqliteStore) -> list[int]:
    return [item.value["number"] for item in store.search(NAMESPACE)]


def test_a_file_that_is_only_read_stays_as_it_is(file: Path) -> None:
    before = file.read_bytes()
    with open_store_file(file, read_only=True) as store:
        assert numbers(store) == [1]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store.put(NAMESPACE, "two", {"number": 2})
    assert file.read_bytes() == before


def test_a_copy_is_a_store(file: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite").write_bytes(read_store_file(file))
    with open_store_file(tmp_path / "copy.sqlite") as store:
        store.put(NAMESPACE, "two", {"number": 2})
        assert sorted(numbers(store)) == [1, 2]


def test_what_a_killed_process_left_unfinished_is_undone(file: Path, tmp_path: Path) -> None:
    killed = tmp_path / "killed.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN")
        writer.execute("UPDATE store SET value = '{\"number\": 3}'")
        writer.execute("CREATE TABLE filler AS SELECT randomblob(200000)")
        shutil.copy(file, killed)
        shutil.copy(f"{file}-journal", f"{killed}-journal")
    assert killed.read_bytes() != file.read_bytes()
    with open_store_file(killed, read_only=True) as store:
        assert numbers(store) == [1]
    assert killed.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("content", [b"text " * 1000, b""])
def test_a_file_that_is_no_store_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(content)
    with (
        pytest.raises(ConfigurationError, match=r"cannot use .*notes.txt as a store .* --experience"),
        open_store_file(tmp_path / "notes.txt", read_only=True),
    ):
        pass
    assert (tmp_path / "notes.txt").read_bytes() == content


def test_a_missing_file_is_not_created_for_reading(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError), open_store_file(tmp_path / "missing.sqlite", read_only=True):
        pass
    with pytest.raises(ConfigurationError):
        read_store_file(tmp_path / "missing.sqlite")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigurationError, match="File exists"),
        open_store_file(tmp_path / "file" / "s.sqlite"),
    ):
        pass
