"""Programs that try to create or modify files outside their scratch space."""

import os
import shutil
from pathlib import Path

import pytest
from tests.sandboxes.hostile.conftest import Attack
from tests.support.bait import Bait

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits

WRITE_EVERYWHERE = """
folders = [FOLDER, FOLDER + "/project", PACKAGES, os.path.dirname(os.__file__), os.path.dirname(EXECUTABLE),
           "/", "/usr", "/usr/bin", "/usr/lib", "/etc", "/dev", "/proc", "/sys", "/root", "/home", "/var/tmp", "/run",
           "/sbx", "/sbx/inside"]
for folder in folders:
    attempt(f"new file in {folder}", lambda: open(f"{folder}/planted", "w"))
    attempt(f"new folder in {folder}", lambda: os.mkdir(f"{folder}/planted"))
    attempt(f"new link in {folder}", lambda: os.symlink("/", f"{folder}/planted"))
    attempt(f"new device in {folder}", lambda: os.mknod(f"{folder}/planted", 0o20666, os.makedev(1, 1)))
for folder in ("/tmp", "/dev/shm"):
    try: open(f"{folder}/planted", "w")
    except OSError: pass
"""
MODIFY_EXECUTABLES = """
for path in (EXECUTABLE, os.__file__, "/usr/bin/env", "/lib64/ld-linux-x86-64.so.2", f"{PACKAGES}/sympy/__init__.py",
             "/dev/null"):
    if path != "/dev/null": attempt(f"write {path}", lambda: open(path, "ab"))
    attempt(f"rename {path}", lambda: os.rename(path, path + "x"))
    attempt(f"remove {path}", lambda: os.remove(path))
    attempt(f"mode of {path}", lambda: os.chmod(path, 0o777))
    attempt(f"owner of {path}", lambda: os.chown(path, os.getuid(), -1))
    if path != "/dev/null": attempt(f"times of {path}", lambda: os.utime(path))
    attempt(f"truncate {path}", lambda: os.truncate(path, 0))
"""
DEVICES = """
for major, minor in ((1, 1), (8, 0), (254, 0), (10, 229)):
    attempt("device", lambda: os.mknod("device", 0o20666, os.makedev(major, minor)))
    attempt("disk", lambda: os.mknod("disk", 0o60666, os.makedev(major, minor)))
"""
FILL_DISK = """
written = 0
folders = [f for f in {".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/", FOLDER} if os.access(f, os.W_OK)]
def fill(folder):
    global written
    for n in range(64):
        with open(f"{folder}/{os.getpid()}-{folders.index(folder)}-{n}", "wb") as file:
            for _ in range(32):
                written += file.write(bytes(1 << 20))
                file.flush()
for folder in folders:
    try: fill(folder)
    except OSError: pass
print(written >> 20)
"""
MANY_FILES = """
n = 0
try:
    for n in range(200_000): open(str(n), "w").close()
except OSError: pass
print(n)
"""
LINKS_OUT = """
os.symlink(FOLDER, "link")
os.makedirs("a/b")
os.symlink(FOLDER, "a/b/link")
os.mkdir("a/b/closed", 0)
try: os.chmod("a", 0)
except OSError: pass
os.remove("program.py")
os.symlink(FOLDER + "/project/.env", "program.py")
"""
DEEP_FOLDERS = """
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
"""


@pytest.mark.parametrize(
    "program",
    [WRITE_EVERYWHERE, MODIFY_EXECUTABLES, DEVICES, LINKS_OUT, DEEP_FOLDERS],
    ids=["write", "modify", "devices", "links", "deep"],
)
async def test_files_outside_are_not_modified(
    attack: Attack, bait: Bait, temporary: Path, program: str
) -> None:
    result = await attack(program)
    assert result.status in (ExecutionStatus.OK, ExecutionStatus.KILLED), result
    assert (bait.folder / "project/.env").read_text() == bait.token
    assert not [name for name in os.listdir(temporary) if name.startswith("codesteer-")]


async def test_the_disk_limit_covers_all_folders(attack: Attack) -> None:
    result = await attack(FILL_DISK, Limits(disk_bytes=16 * MEBIBYTE, wall_seconds=20))
    if result.status is ExecutionStatus.OK:
        assert int(result.stdout) <= 17
    else:
        assert result.status is ExecutionStatus.KILLED  # the watchdog enforces the limit in restricted mode


async def test_the_number_of_files_is_limited(attack: Attack) -> None:
    result = await attack(MANY_FILES)
    if result.status is ExecutionStatus.OK:
        assert int(result.stdout) < 20_000
    else:
        assert result.status is ExecutionStatus.KILLED


def test_the_fixture_detects_changes(bait: Bait) -> None:
    assert bait.untouched()
    (bait.folder / "planted").touch()
    assert not bait.untouched()
    shutil.rmtree(bait.folder / "project")
