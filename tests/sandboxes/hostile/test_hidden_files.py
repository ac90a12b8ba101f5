"""Programs that fill the disk with files that listing the scratch folder does not show."""

import os
from pathlib import Path

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits

LIMITS = Limits(disk_bytes=16 * MEBIBYTE, wall_seconds=20)
TOOLS = """
import mmap
written = 0
def write(file, size=8 << 20):
    global written
    while size > 0:
        done = os.write(file, bytes(min(size, 1 << 20)))
        size -= done; written += done
def hold():
    time.sleep(1)
    if written >= 32 << 20: escaped("disk")
    print(written >> 20)
"""
UNLINKED = """
for n in range(8):
    file = os.open(f"f{n}", os.O_CREAT | os.O_RDWR)
    os.remove(f"f{n}")
    write(file)
"""
NEVER_LINKED = "for _ in range(8): write(os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600))"
TEMPORARY_FILES = """
import tempfile
kept = [tempfile.TemporaryFile() for _ in range(8)]
for file in kept: write(file.fileno())
"""
HELD_BY_CHILDREN = """
for _ in range(8):
    file = os.open("x", os.O_CREAT | os.O_RDWR)
    os.remove("x")
    write(file)
    if os.fork() == 0: time.sleep(20); os._exit(0)
    os.close(file)
"""
MAPPED = """
for _ in range(8):
    file = os.open("x", os.O_CREAT | os.O_RDWR)
    os.remove("x")
    write(file)
    libc.mmap(None, 4096, 1, MODE, file, 0)
    os.close(file)
"""
OVERWRITTEN = """
for n in range(8):
    file = os.open("new", os.O_CREAT | os.O_RDWR)
    write(file)
    os.rename("new", "old")
"""
UNREADABLE = """
os.mkdir("closed", 0o300)
for n in range(8): write(os.open(f"closed/{n}", os.O_CREAT | os.O_RDWR))
"""
NESTED_UNREADABLE = """
os.makedirs("a/b")
os.mkdir("a/b/closed", 0o300)
os.mkdir("a/b/closed/deeper", 0o300)
for n in range(8): write(os.open(f"a/b/closed/deeper/{n}", os.O_CREAT | os.O_RDWR))
"""
FILES_WITHOUT_PERMISSIONS = """
os.umask(0o777)
files = [os.open(f"f{n}", os.O_CREAT | os.O_RDWR) for n in range(8)]
for file in files: write(file)
"""
FOLDER_WITHOUT_PERMISSIONS = """
os.mkdir("closed", 0o700)
folder = os.open("closed", os.O_RDONLY)
os.mkdir("closed/in", 0o100)
inner = os.open("closed/in", os.O_PATH)
for n in range(8):
    try: write(os.open(f"f{n}", os.O_CREAT | os.O_RDWR, dir_fd=inner))
    except PermissionError: write(os.open(f"f{n}", os.O_CREAT | os.O_RDWR, dir_fd=folder))
"""
DEEP = """
for _ in range(100):
    os.mkdir("d"); os.chdir("d")
for n in range(8): write(os.open(f"f{n}", os.O_CREAT | os.O_RDWR))
"""
ALLOCATED = """
for n in range(8):
    file = os.open("x", os.O_CREAT | os.O_RDWR)
    os.remove("x")
    os.posix_fallocate(file, 0, 8 << 20)
    written += 8 << 20
"""
RUN_AND_REMOVED = """
import shutil
for n in range(8):
    shutil.copyfile("/bin/sleep", "tool")
    with open("tool", "ab") as file: write(file.fileno())
    with os.fdopen(os.open("run", os.O_CREAT | os.O_WRONLY, 0o700), "wb") as file: file.write(open("tool", "rb").read())
    os.remove("tool")
    subprocess.Popen(["./run", "20"])
    time.sleep(0.05)
    os.remove("run")
"""
WITHIN_THE_LIMIT = """
import tempfile
with tempfile.TemporaryFile() as file:
    file.write(bytes(1 << 20))
    file.flush()
    time.sleep(0.2)
print(1)
"""
ATTACKS = {
    "unlinked": UNLINKED,
    "never linked": NEVER_LINKED,
    "temporary files": TEMPORARY_FILES,
    "held by children": HELD_BY_CHILDREN,
    "mapped privately": f"MODE = mmap.MAP_PRIVATE\n{MAPPED}",
    "mapped shared": f"MODE = mmap.MAP_SHARED\n{MAPPED}",
    "overwritten": OVERWRITTEN,
    "unreadable folder": UNREADABLE,
    "nested unreadable folders": NESTED_UNREADABLE,
    "files without permissions": FILES_WITHOUT_PERMISSIONS,
    "folder without permissions": FOLDER_WITHOUT_PERMISSIONS,
    "deep folders": DEEP,
    "allocated": ALLOCATED,
    "running executables": RUN_AND_REMOVED,
}


@pytest.mark.parametrize("program", ATTACKS.values(), ids=ATTACKS)
async def test_hidden_files_count_towards_the_disk_limit(
    attack: Attack, temporary: Path, program: str
) -> None:
    result = await attack(f"{TOOLS}{program}\nhold()", LIMITS)
    if result.status is ExecutionStatus.ERROR:
        assert "No space left" in result.stderr, result
    else:  # the watchdog enforces the limit in restricted mode
        assert result.status in (ExecutionStatus.OK, ExecutionStatus.KILLED), result
    assert not [name for name in os.listdir(temporary) if name.startswith("codesteer-")]


async def test_temporary_files_within_the_limit_are_allowed(attack: Attack) -> None:
    assert (await attack(WITHIN_THE_LIMIT, LIMITS)).stdout == "1\n"
