"""Files are replaced completely or not at all, and no temporary files remain."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

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
    with pytest.raises(FileNotFoundError, match=r"nowhere/a\.txt'"):
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
    write_text_atomically(file, "newer")
    (left,) = set(tmp_path.iterdir()) - {file}  # it could be one that another process is just writing
    os.utime(left, (0, 0))
    write_text_atomically(file, "new")
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["a.txt.new", "a.txt~", ".a.txt.new", ".a.txt.tmp", "a.txt.0"])
def test_a_users_own_files_beside_it_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    os.utime(tmp_path / name, (0, 0))
    write_text_atomically(tmp_path / "a.txt", "text")
    assert (tmp_path / name).read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", name}


def test_two_writers_do_not_disturb_each_other(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with atomic_replace(file) as one, atomic_replace(file) as other:
        one.write_text("one")
        other.write_text("other")
    assert file.read_text() == "one"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "[a]*.txt", "a\nb"])
def test_every_name_of_a_file_can_be_written(tmp_path: Path, name: str) -> None:
    write_text_atomically(tmp_path / name, "text")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_a_link_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/a.txt")
    for text in ("one", "two"):
        write_text_atomically(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "folder" / "a.txt").read_text() == text
    assert len(list((tmp_path / "folder").iterdir())) == 1


@pytest.mark.parametrize(("before", "after"), [(None, 0o640), (0o600, 0o600), (0o664, 0o664), (0o400, 0o600)])
def test_permissions_are_those_of_the_old_file_or_of_a_new_one(
    tmp_path: Path, before: int | None, after: int
) -> None:
    file = tmp_path / "a.txt"
    umask = os.umask(0o027)
    try:
        if before is not None:
            file.touch()
            file.chmod(before)
        write_text_atomically(file, "text")
    finally:
        os.umask(umask)
    assert S_IMODE(file.stat().st_mode) == after


def test_a_device_or_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    require_writable(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_text_atomically(pipe, "text")
    assert os.read(reader, 99) == b"text"
    os.close(reader)
    assert pipe.is_fifo()
    require_writable(Path(os.devnull))
    write_text_atomically(Path(os.devnull), "text")
    assert Path(os.devnull).is_char_device()


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
