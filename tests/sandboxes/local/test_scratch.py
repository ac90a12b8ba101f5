import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.sandboxes.local import scratch
from codesteer.sandboxes.local.holdings import Holdings, look_through

MODES = st.integers(0, 0o777)
MEBIBYTE = 1 << 20
NOTHING = Holdings()


# What is counted are blocks, those of the folders included.
SIZES = st.integers(0, 2 * MEBIBYTE - 65_536) | st.integers(2 * MEBIBYTE + 1, 3 * MEBIBYTE)


@given(modes=st.lists(MODES, min_size=1, max_size=6), size=SIZES)
def test_files_count_whatever_the_rights_of_their_folders(modes: list[int], size: int) -> None:
    with tempfile.TemporaryDirectory() as top:
        inner = Path(top)
        for number, _ in enumerate(modes):
            inner /= str(number)
            inner.mkdir()
        (inner / "file").write_bytes(b"x" * size)
        for folder, mode in zip([inner, *inner.parents], modes, strict=False):
            folder.chmod(mode)
        assert scratch.folder(top, 2 * MEBIBYTE)([], NOTHING) == (size > 2 * MEBIBYTE)


def test_links_lead_nowhere(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "large").write_bytes(b"x" * MEBIBYTE)
    outside.chmod(0o500)
    (inside / "link").symlink_to(outside)
    assert not scratch.folder(str(inside), MEBIBYTE // 2)([], NOTHING)
    assert outside.stat().st_mode & 0o777 == 0o500


def test_a_folder_that_is_replaced_by_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(0o500)
    (tmp_path / "inside").symlink_to(outside)
    assert not scratch.folder(str(tmp_path / "inside"), 0)([], NOTHING)
    assert outside.stat().st_mode & 0o777 == 0o500


def test_folders_may_not_be_too_deep(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 30)).mkdir(parents=True)
    assert not scratch.folder(str(tmp_path), MEBIBYTE)([], NOTHING)
    (tmp_path / "/".join("d" * 80)).mkdir(parents=True)
    assert scratch.folder(str(tmp_path), MEBIBYTE)([], NOTHING)


def test_a_folder_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert not scratch.folder(str(tmp_path / "gone"), 0)([], NOTHING)


def test_open_descriptors_are_told_apart_and_counted_once(tmp_path: Path) -> None:
    before = look_through(["/proc/self"])
    ends = [*os.pipe(), os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)]
    os.posix_fallocate(ends[-1], 0, MEBIBYTE)
    os.remove(tmp_path / "file")
    ends.append(os.dup(ends[0]))
    try:
        after = look_through(["/proc/self", "/proc/self"])
    finally:
        for end in ends:
            os.close(end)
    assert len(after.pipes - before.pipes) == 1
    assert after.sockets == before.sockets
    (size,) = (after.deleted[file] for file in after.deleted.keys() - before.deleted.keys())
    assert size >= MEBIBYTE
    assert not after.hidden


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is hidden from root")
def test_a_process_that_shows_nothing_is_noticed() -> None:
    assert look_through(["/proc/1"]).hidden
