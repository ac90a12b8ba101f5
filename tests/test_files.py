"""Files are replaced completely or not at all, and no temporary files remain."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codesteer.errors import ConfigurationError
from codesteer.files import (
    atomic_replace,
    json_lines,
    lock_folder,
    read_text,
    require_writable,
    user_path,
    write_bytes_atomically,
    write_text_atomically,
)


def test_files_are_created_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_text_atomically(file, "one\n")
    write_text_atomically(file, "zwölf\n")
    assert file.read_bytes() == "zwölf\n".encode()
    write_bytes_atomically(file, b"\r\n\0")
    assert file.read_bytes() == b"\r\n\0"
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_text_atomically(file, "old")

    def fail() -> None:
        with atomic_replace(file) as fresh:
            fresh.write_text("half of the n")
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        fail()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_the_error_names_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        write_text_atomically(tmp_path / "nowhere" / "a.txt", "text")


def test_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_text_atomically(file, "old")
    program = """
import os, signal, sys
from pathlib import Path
from codesteer.files import atomic_replace, user_path
with atomic_replace(Path(sys.argv[1])) as fresh:
    fresh.write_text("half of the n")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program, str(file)])
    assert done.returncode == -signal.SIGKILL
    assert file.read_text() == "old"
    write_text_atomically(file, "new")
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_locked_folder_refuses_other_commands(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    refused = pytest.raises(ConfigurationError, match="another command is writing to")
    with lock_folder(folder), refused, lock_folder(folder):
        pass
    with lock_folder(folder):
        assert folder.is_dir()


@pytest.mark.parametrize("text", ["~nobody-of-this-name/x", "~0", "x" * 300, "a/" + "é" * 200, "a\0b"])
def test_invalid_paths_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        user_path(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["a.gguf", "./a b/ü.gguf", "/x/../y", "~/models", ""])
def test_user_paths_are_expanded(text: str) -> None:
    assert str(user_path(text)) == str(Path(text).expanduser())


def test_a_writable_place_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "run.html.new").write_text("mine")
    require_writable(tmp_path / "run.html")
    assert [path.name for path in tmp_path.iterdir()] == ["run.html.new"]
    assert (tmp_path / "run.html.new").read_text() == "mine"


@pytest.mark.parametrize("place", ["nowhere/run.html", "file/run.html", "folder"])
def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError, match="cannot write"):
        require_writable(tmp_path / place)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("\ufeff{}", encoding="utf-8")
    assert read_text(tmp_path / "file") == "{}"


def test_lines_of_json_are_numbered_and_what_is_no_json_is_named() -> None:
    text = '{"a": "x\u2028y"}\r\n\n[1]\nNaN\n[-Infinity]\n1e999\n{\n  \n2'
    lines = list(json_lines(text))
    assert [line.number for line in lines] == [1, 3, 4, 5, 6, 7, 9]
    assert [line.value for line in lines] == [{"a": "x\u2028y"}, [1], None, None, None, None, 2]
    assert [line.number for line in lines if line.problem] == [4, 5, 6, 7]


@pytest.mark.parametrize("text", ["[" * 10**6, '{"a":' * 10**5, "9" * 10**5])
def test_a_hostile_line_is_no_json(text: str) -> None:
    assert [line.problem for line in json_lines(text)] == ["no JSON"]
