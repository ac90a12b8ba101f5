"""Programs that try to exhaust per-user or per-machine resources of the kernel, or to lock files of the host."""

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.port import Sandbox

LIMITS = Limits(wall_seconds=20)
INOTIFY = """
for call in (libc.inotify_init, lambda: libc.inotify_init1(0)):
    if call() >= 0: escaped("inotify instance")
"""
ASYNCHRONOUS_IO = """
setup = {"x86_64": 206, "aarch64": 0}[os.uname().machine]
context = ctypes.c_ulong(0)
if libc.syscall(setup, 64, ctypes.byref(context)) == 0: escaped("a share of aio-max-nr")
"""
QUEUED_SIGNALS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
queued = 0
while queued < 5000 and libc.sigqueue(os.getpid(), int(signal.SIGRTMIN), ctypes.c_void_p(0)) == 0: queued += 1
if queued >= 1000: escaped(f"{queued} signals")
print(queued)
"""
QUEUED_SIGNALS_FROM_MANY_PROCESSES = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
readable, writable = os.pipe()
for _ in range(20):
    if os.fork() == 0:
        queued = 0
        while queued < 500 and libc.sigqueue(os.getpid(), int(signal.SIGRTMIN), ctypes.c_void_p(0)) == 0: queued += 1
        os.write(writable, struct.pack("q", queued)); time.sleep(20); os._exit(0)
queued = sum(struct.unpack("q", os.read(readable, 8))[0] for _ in range(20))
if queued >= 1000: escaped(f"{queued} signals")
print(queued)
"""
TIMERS = """
create = {"x86_64": 222, "aarch64": 107}[os.uname().machine]
made = 0
while made < 5000 and libc.syscall(create, 1, None, ctypes.byref(ctypes.c_int())) == 0: made += 1
if made >= 1000: escaped(f"{made} timers")
print(made)
"""
PIPES = """
for _ in range(11):
    if os.fork() == 0: break
pipes = [os.pipe() for _ in range(100)]
time.sleep(2)
escaped("1200 pipes")
"""
PIPE_SIZE = """
import fcntl
ours = os.pipe()
attempt("pipe size", lambda: fcntl.fcntl(ours[1], 1031, 1 << 20))
"""
LOCKED_MEMORY = """
import mmap
block = ctypes.create_string_buffer(1 << 20)
if libc.mlock(block, 1 << 20) == 0: escaped("locked")
if libc.mlockall(2) == 0: escaped("all locked")
attempt("mapped locked", lambda: mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x2000))
"""
IN_FLIGHT = """
one, other = socket.socketpair()
attempt("descriptors in flight", lambda: socket.send_fds(one, [b"x"], [one.fileno()] * 100))
"""
LEASES = """
import fcntl
for path in (os.__file__, EXECUTABLE, f"{PACKAGES}/sympy/__init__.py"):
    with open(path, "rb") as file:
        for kind in (fcntl.F_RDLCK, fcntl.F_WRLCK):
            attempt(f"lease on {path}", lambda: fcntl.fcntl(file, fcntl.F_SETLEASE, kind))
        attempt(f"signals about {path}", lambda: fcntl.fcntl(file, fcntl.F_SETOWN, VICTIM))
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    attempt(f"notices about {path}", lambda: fcntl.fcntl(folder, fcntl.F_NOTIFY, 0x80000002))
"""
LOCKS = """
import fcntl
for path in (os.__file__, EXECUTABLE, f"{PACKAGES}/sympy/__init__.py"):
    with open(path, "rb") as file:
        for kind in (fcntl.LOCK_SH, fcntl.LOCK_EX):
            attempt(f"flock on {path}", lambda: fcntl.flock(file, kind | fcntl.LOCK_NB) or True)
"""
RECORD_LOCKS = """
import fcntl
for path in (os.__file__, EXECUTABLE, f"{PACKAGES}/sympy/__init__.py"):
    with open(path, "rb") as file:
        attempt(f"lock on {path}", lambda: fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB) or True)
        lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)
        attempt(f"open file lock on {path}", lambda: fcntl.fcntl(file, 37, lock))
"""
FLAGS = """
import fcntl
for path in (os.__file__, EXECUTABLE, os.path.dirname(os.__file__), PACKAGES):
    file = os.open(path, os.O_RDONLY)
    for get, put, size in ((0x80086601, 0x40086602, 8), (0x801C581F, 0x401C5820, 28)):
        buffer = bytearray(size)
        try: fcntl.ioctl(file, get, buffer)
        except OSError: pass
        # unchanged flags, so that a successful attack does no harm
        attempt(f"flags of {path}", lambda: fcntl.ioctl(file, put, bytes(buffer)))
    attempt(f"clone of {path}", lambda: fcntl.ioctl(os.open("copy", os.O_CREAT | os.O_RDWR), 0x40049409, file))
    attempt(f"attribute of {path}", lambda: os.setxattr(path, "user.planted", b"x") or True)
    attempt(f"attribute away of {path}", lambda: os.removexattr(path, "user.planted") or True)
"""
SYNCFS = """
begun = time.monotonic()
ctypes.set_errno(0)
libc.syncfs(os.open(os.__file__, os.O_RDONLY))
if ctypes.get_errno() != errno.EPERM: escaped("syncfs on the host's file system")
"""
ATTACKS = {
    "inotify": INOTIFY,
    "asynchronous io": ASYNCHRONOUS_IO,
    "signals": QUEUED_SIGNALS,
    "signals from many processes": QUEUED_SIGNALS_FROM_MANY_PROCESSES,
    "timers": TIMERS,
    "pipes": PIPES,
    "pipe size": PIPE_SIZE,
    "locked memory": LOCKED_MEMORY,
    "descriptors in flight": IN_FLIGHT,
    "leases": LEASES,
    "locks": LOCKS,
    "flags": FLAGS,
    "syncfs": SYNCFS,
}


@pytest.mark.parametrize("program", ATTACKS.values(), ids=ATTACKS)
async def test_resources_of_other_processes_are_not_exhausted(attack: Attack, program: str) -> None:
    result = await attack(program, LIMITS)
    assert result.status in (ExecutionStatus.OK, ExecutionStatus.KILLED), result


async def test_record_locks_are_for_scratch_files_only(attack: Attack, sandbox: Sandbox) -> None:
    if sandbox.describe().kind == "landlock":
        assert (await attack(RECORD_LOCKS)).status is ExecutionStatus.OK
    else:  # SQLite needs them
        program = "import sqlite3\nc = sqlite3.connect('d')\nc.execute('create table t(x)')\nc.commit()\nprint('made')"
        assert (await attack(program)).stdout == "made\n"
