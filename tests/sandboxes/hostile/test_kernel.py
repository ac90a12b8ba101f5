"""Programs that use rarely needed or privileged kernel interfaces."""

import platform

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import ExecutionStatus

# Numbers on x86_64 and aarch64, then arguments with which the call would succeed.
CALLS = """
CALLS = {
    "io_uring_setup": (425, 425, 8, ctypes.create_string_buffer(120)),
    "bpf": (321, 280, 0, ctypes.create_string_buffer(72), 72),
    "perf_event_open": (298, 241, ctypes.create_string_buffer(b"\\0\\0\\0\\0\\x70" + bytes(120)), 0, -1, -1, 0),
    "keyctl": (250, 219, 0, -3, 0),
    "add_key": (248, 217, b"user", b"k", b"v", 1, -3),
    "userfaultfd": (323, 282, 0),
    "memfd_create": (319, 279, b"m", 0),
    "memfd_secret": (447, 447, 0),
    "unshare user": (272, 97, 0x10000000),
    "unshare mounts": (272, 97, 0x20000),
    "unshare network": (272, 97, 0x40000000),
    "clone user": (56, 220, 0x10000000 | 17, 0, 0, 0, 0),
    "clone pid": (56, 220, 0x20000000 | 17, 0, 0, 0, 0),
    "clone time": (56, 220, 0x80 | 17, 0, 0, 0, 0),
    "clone3": (435, 435, ctypes.create_string_buffer(88), 88),
    "setns": (308, 268, 0, 0),
    "mount": (165, 40, b"none", b".", b"tmpfs", 0, 0),
    "umount": (166, 39, b"/proc", 2),
    "open_tree": (428, 428, -100, b"/", 1),
    "fsopen": (430, 430, b"tmpfs", 0),
    "pivot_root": (155, 41, b".", b"."),
    "chroot": (161, 51, b"."),
    "open_by_handle_at": (304, 265, -100, ctypes.create_string_buffer(16), 0),
    "name_to_handle_at": (303, 264, -100, b".", ctypes.create_string_buffer(200), ctypes.byref(ctypes.c_int()), 0),
    "fanotify_init": (300, 262, 0, 0),
    "ptrace": (101, 117, 0, 0, 0, 0),
    "kcmp": (312, 272, os.getpid(), os.getppid(), 0, 0, 0),
    "shmget": (29, 194, 0, 1 << 20, 0o1600),
    "msgget": (68, 186, 0, 0o1600),
    "semget": (64, 190, 0, 1, 0o1600),
    "mq_open": (240, 180, b"q", 0o102, 0o600, 0),
    "personality": (135, 92, 0x0040000),
    "reboot": (169, 142, 0xfee1dead, 672274793, 0, 0),
    "swapon": (167, 224, b"x", 0),
    "init_module": (175, 105, b"x", 1, b""),
    "kexec_load": (246, 104, 0, 0, 0, 0),
    "syslog": (103, 116, 10, 0, 0),
    "settimeofday": (164, 170, ctypes.create_string_buffer(16), 0),
    "sethostname": (170, 161, b"x", 1),
    "acct": (163, 89, 0),
    "newer than our table": (600, 600),
}
column = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
for name, (*numbers, arguments) in {k: (*v[:2], v[2:]) for k, v in CALLS.items()}.items():
    ctypes.set_errno(0)
    outcome = libc.syscall(numbers[column], *arguments)
    if outcome == 0 and name.startswith("clone"): os._exit(0)
    if outcome >= 0: escaped(name)
    elif ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS): escaped(f"{name}: {os.strerror(ctypes.get_errno())}")
"""
TERMINAL = """
import fcntl
for number in range(3):
    attempt("TIOCSTI", lambda: fcntl.ioctl(number, 0x5412, b"x"))
    attempt("TIOCLINUX", lambda: fcntl.ioctl(number, 0x541C, b"x"))
attempt("terminal", lambda: os.open("/dev/tty", os.O_RDWR))
"""
GAIN_PRIVILEGES = """
if os.getuid() != 0:
    attempt("root", lambda: os.setuid(0))
    attempt("root's group", lambda: os.setgid(0))
attempt("groups", lambda: os.setgroups([0]))
attempt("priority", lambda: os.nice(-1))
attempt("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
if libc.prctl(39, 0, 0, 0, 0) != 1: escaped("no_new_privs is not set")
import resource
for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
    attempt(f"limit {kind}", lambda: resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
for command in (["su", "-c", "id"], ["mount"], ["sudo", "-n", "id"], ["newuidmap", "1", "0", "0", "1"]):
    try: done = subprocess.run(command, capture_output=True, timeout=5, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError): continue
    if done.returncode == 0 and done.stdout: escaped(f"{command}: {done.stdout}")
"""
ABI_32_BIT = """
# The 32-bit ABI has other call numbers: 20 is getpid there and writev in the 64-bit ABI.
import mmap
code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex("b814000000cd80c3"))
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
print("calling", flush=True)
if ctypes.CFUNCTYPE(ctypes.c_int)(address)() == os.getpid(): escaped("32-bit call")
"""
X32 = """
outcome = libc.syscall(ctypes.c_long(0x40000000 + 39))
if outcome >= 0: escaped("x32 call")
"""


@pytest.mark.parametrize(
    "program", [CALLS, TERMINAL, GAIN_PRIVILEGES], ids=["calls", "terminal", "privileges"]
)
async def test_privileged_operations_are_denied(attack: Attack, program: str) -> None:
    result = await attack(program)
    assert result.status is ExecutionStatus.OK, result


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86_64 has other calling conventions")
async def test_other_calling_conventions_are_denied(attack: Attack) -> None:
    result = await attack(ABI_32_BIT)
    assert (result.exit_code, result.stdout) == (-31, "calling\n"), result
    result = await attack(X32)
    assert result.status is ExecutionStatus.OK, result
