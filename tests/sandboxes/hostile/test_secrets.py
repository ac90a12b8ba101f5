"""Programs that search for secrets."""

import asyncio

import pytest
from tests.sandboxes.hostile.conftest import Attack
from tests.support.bait import Bait

from codesteer.sandboxes.execution import ExecutionStatus
from codesteer.sandboxes.port import Sandbox

READ_FILES = """
names = [".ssh/id_ed25519", "project/.env"]
roots = ["", *glob.glob("/proc/[0-9]*/root"), *glob.glob("/proc/[0-9]*/cwd")]
for root in roots:
    for name in names:
        attempt(f"{root} {name}", lambda: print(open(f"{root}{FOLDER}/{name}").read()))
attempt("list the folder", lambda: os.listdir(FOLDER))
"""
READ_SYSTEM_FILES = """
for path in ("/etc/shadow", "/etc/passwd", "/etc/hostname", "/root/.bashrc", "/home", "/var", "/boot", "/sys/class",
             "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/tty", "/dev/ptmx", "/dev/fuse", "/dev/kvm"):
    attempt(path, lambda: os.open(path, os.O_RDONLY))
"""
READ_ENVIRONMENTS = """
if "CODESTEER_BAIT" in os.environ: escaped("own environment")
for path in glob.glob("/proc/*/environ"):
    try:
        if b"CODESTEER_BAIT" in open(path, "rb").read(): escaped(path)
    except OSError: pass
sys.stdout.write(str(dict(os.environ)))
"""
READ_MEMORY = """
class Range(ctypes.Structure):
    _fields_ = (("start", ctypes.c_void_p), ("length", ctypes.c_size_t))

buffer = ctypes.create_string_buffer(16)
for pid in {VICTIM, os.getppid(), *range(1, 200)} - {os.getpid(), 0}:
    attempt(f"memory of {pid}", lambda: open(f"/proc/{pid}/mem", "rb"))
    attempt(f"map of {pid}", lambda: open(f"/proc/{pid}/maps").read())
    here, there = Range(ctypes.addressof(buffer), 16), Range(0x400000, 16)
    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) >= 0: escaped("readv")
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS): escaped(f"readv: {ctypes.get_errno()}")
    if libc.ptrace(16, pid, 0, 0) == 0: escaped(f"attached to {pid}")
"""
READ_PROC = """
for path in ("/proc/self/mem", "/proc/1/environ", "/proc/kcore", "/proc/kallsyms", "/proc/sys/kernel/hostname",
             "/proc/mounts", "/proc/self/mountinfo", "/proc/net/tcp", "/proc/cmdline"):
    attempt(path, lambda: open(path, "rb").read(1))
attempt("core pattern", lambda: open("/proc/sys/kernel/core_pattern", "w"))
attempt("sysrq", lambda: open("/proc/sysrq-trigger", "w"))
attempt("restore processes", lambda: open("/proc/self/oom_score_adj", "w"))
"""
INHERITED_DESCRIPTORS = """
import fcntl
for number in range(3, 4096):
    attempt(f"descriptor {number}", lambda: fcntl.fcntl(number, fcntl.F_GETFD))
"""
WATCH_FILES = """
inotify = libc.inotify_init()
if inotify >= 0 and libc.inotify_add_watch(inotify, FOLDER.encode(), 0xFFF) >= 0: escaped("watching")
"""
SANDBOX_CODE = """
for name in ("inside", "inside.server", "codesteer.sandboxes.local.inside.server", "child", "server", "namespace_pool"):
    try: __import__(name)
    except (ImportError, OSError): pass
    else:
        if name in sys.modules and not name.startswith("codesteer"): escaped(name)
if any(name.partition(".")[0] == "inside" for name in sys.modules): escaped("in sys.modules")
"""
HOLD_TOKEN = """
import time
note = open("note", "w")
note.write(TOKEN)
note.flush()
kept = [TOKEN, f"{TOKEN}{TOKEN}".encode()]
time.sleep(2)
"""
SEARCH_FOR_TOKENS = """
import gc, re
for place in [".", "..", "/", "/tmp", "/dev/shm", "/scratch", "/var/tmp", "/sbx", "/proc"]:
    for folder, folders, names in os.walk(place):
        folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/usr", "/lib", "/root", "/work", "/nix")]
        for path in [os.path.join(folder, name) for name in names]:
            if os.path.realpath(path) == os.path.realpath("program.py"): continue
            try: sys.stdout.write(open(path, errors="replace").read(10_000))
            except OSError: pass
for value in gc.get_objects() + [getattr(module, "__dict__", {}) for module in sys.modules.values()]:
    try: found = re.findall("[0-9a-f]{32}", repr(value)[:10_000])
    except Exception: continue
    if found: print(found)
"""


async def test_other_programs_are_invisible(attack: Attack, sandbox: Sandbox, bait: Bait) -> None:
    other = asyncio.create_task(sandbox.run(f"TOKEN = {bait.token!r}\n{HOLD_TOKEN}"))
    await asyncio.sleep(0.5)
    await attack(SEARCH_FOR_TOKENS)
    assert (await other).status is ExecutionStatus.OK
    await attack(SEARCH_FOR_TOKENS)


@pytest.mark.parametrize(
    "program",
    [
        READ_FILES,
        READ_SYSTEM_FILES,
        READ_ENVIRONMENTS,
        READ_MEMORY,
        READ_PROC,
        INHERITED_DESCRIPTORS,
        SANDBOX_CODE,
        WATCH_FILES,
    ],
    ids=["files", "system files", "environments", "memory", "proc", "descriptors", "sandbox code", "watch"],
)
async def test_secrets_are_unreadable(attack: Attack, program: str) -> None:
    result = await attack(program)
    assert result.status is ExecutionStatus.OK, result
