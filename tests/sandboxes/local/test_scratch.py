import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.sandboxes.local import scratch
from codesteer.sandboxes.local.open_files import OpenFiles, scan_open_files

MODES = st.integers(0, 0o777)
MEBIBYTE = 1 << 20
NO_OPEN_FILES = OpenFiles()


# The meter counts blocks, including those of folders.
SIZES = st.integers(0, 2 * MEBIBYTE - 65_536) | st.integers(2 * MEBIBYTE + 1, 3 * MEBIBYTE)


@given(modes=st.lists(MODES, min_size=1, max_size=6), size=SIZES)
def test_files_count_whatever_the_permissions_of_their_folders(modes: list[int], size: int) -> None:
    with tempfile.TemporaryDirectory() as top:
        inner = Path(top)
        for number, _ in enumerate(modes):
            inner /= str(number)
            inner.mkdir()
        (inner / "file").write_bytes(b"x" * size)
        for folder, mode in zip([inner, *inner.parents], modes, strict=False):
            folder.chmod(mode)
        assert scratch.folder_meter(top, 2 * MEBIBYTE)([], NO_OPEN_FILES) == (size > 2 * MEBIBYTE)


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "large").write_bytes(b"x" * MEBIBYTE)
    outside.chmod(0o500)
    (inside / "link").symlink_to(outside)
    assert not scratch.folder_meter(str(inside), MEBIBYTE // 2)([], NO_OPEN_FILES)
    assert outside.stat().st_mode & 0o777 == 0o500


def test_a_link_in_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(0o500)
    (tmp_path / "inside").symlink_to(outside)
    assert not scratch.folder_meter(str(tmp_path / "inside"), 0)([], NO_OPEN_FILES)
    assert outside.stat().st_mode & 0o777 == 0o500


def test_nesting_depth_is_limited(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 30)).mkdir(parents=True)
    assert not scratch.folder_meter(str(tmp_path), MEBIBYTE)([], NO_OPEN_FILES)
    (tmp_path / "/".join("d" * 80)).mkdir(parents=True)
    assert scratch.folder_meter(str(tmp_path), MEBIBYTE)([], NO_OPEN_FILES)


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    assert not scratch.folder_meter(str(tmp_path / "gone"), 0)([], NO_OPEN_FILES)


def test_open_files_are_classified_and_counted_once(tmp_path: Path) -> None:
    before = scan_open_files(["/proc/self"])
    ends = [*os.pipe(), os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)]
    os.posix_fallocate(ends[-1], 0, MEBIBYTE)
    os.remove(tmp_path / "file")
    ends.append(os.dup(ends[0]))
    try:
        after = scan_open_files(["/proc/self", "/proc/self"])
    finally:
        for end in ends:
            os.close(end)
    assert len(after.pipes - before.pipes) == 1
    assert after.sockets == before.sockets
    (size,) = (after.unlinked[file] for file in after.unlinked.keys() - before.unlinked.keys())
    assert size >= MEBIBYTE
    assert not after.unreadable


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read all processes")
def test_an_unreadable_process_is_reported() -> None:
    assert scan_open_files(["/proc/1"]).unreadable
