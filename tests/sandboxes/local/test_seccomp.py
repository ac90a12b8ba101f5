"""The system call filter on both architectures, run by a minimal BPF interpreter."""

import errno
import fcntl
import mmap
import socket
import struct
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.errors import SandboxUnavailableError
from codesteer.sandboxes.local.seccomp import build_filter
from codesteer.sandboxes.local.syscalls import SyscallTable, table_for

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
ARCHITECTURES = ["x86_64", "aarch64"]
READ = {"x86_64": 0, "aarch64": 63}
NEW_USER_NAMESPACE, FORK = 0x10000000, 17
CLONE_FILES = 0x400
THREAD = 0x3D0F00  # glibc's flags
LOCKS = {fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW, 36, 37, 38}
ALLOWED_COMMANDS = {
    "ioctl": {
        *(termios.TCGETS, termios.TIOCGWINSZ, termios.TIOCGPGRP),
        *(termios.FIONREAD, termios.FIONBIO, termios.FIOCLEX, termios.FIONCLEX),
    },
    "fcntl": {0, 1, 2, 3, 4, 9, 1030, 1032} | LOCKS,
}


def errno_result(code: int) -> int:
    return 0x00050000 | code


def decide(
    table: SyscallTable,
    number: int,
    *arguments: int,
    in_host_namespaces: bool = False,
    other_abi: bool = False,
) -> int:
    """Return the filter's decision on a system call."""
    architecture = 0x40000003 if other_abi else table.audit_architecture
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    instructions = build_filter(table, in_host_namespaces=in_host_namespaces)
    program = list(struct.iter_unpack("=HBBI", instructions))
    accumulator = position = 0
    while True:
        code, if_true, if_false, value = program[position]
        position += 1
        match code:
            case 0x20:
                accumulator = struct.unpack_from("=I", data, value)[0]
            case 0x15:
                position += if_true if accumulator == value else if_false
            case 0x25:
                position += if_true if accumulator > value else if_false
            case 0x45:
                position += if_true if accumulator & value else if_false
            case 0x54:
                accumulator &= value
            case 0x06:
                return int(value)


@pytest.fixture(params=ARCHITECTURES)
def table(request: pytest.FixtureRequest) -> SyscallTable:
    return table_for(request.param)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_common_calls_are_allowed(architecture: str) -> None:
    assert decide(table_for(architecture), READ[architecture]) == ALLOWED


def test_listed_calls_are_denied(table: SyscallTable) -> None:
    assert {decide(table, number) for number in table.denied} == {errno_result(errno.EPERM)}
    assert len(set(table.denied)) == len(table.denied) > 60


def test_other_calling_conventions_kill(table: SyscallTable) -> None:
    assert decide(table, 20, other_abi=True) == KILLED


@pytest.mark.parametrize("number", [457, 600, 0x40000000 + 1, 0xFFFFFFFF])
def test_unknown_calls_are_not_implemented(table: SyscallTable, number: int) -> None:
    assert decide(table, number) == errno_result(errno.ENOSYS)


def test_forks_are_allowed_without_new_namespaces(table: SyscallTable) -> None:
    clone = table.argument_checked["clone"]
    assert decide(table, clone, FORK) == ALLOWED
    assert decide(table, clone, FORK | NEW_USER_NAMESPACE) == errno_result(errno.EPERM)
    assert decide(table, table.argument_checked["clone3"]) == errno_result(errno.ENOSYS)


def test_threads_are_allowed_with_shared_descriptors_only(table: SyscallTable) -> None:
    assert decide(table, table.argument_checked["clone"], THREAD) == ALLOWED
    assert decide(table, table.argument_checked["clone"], THREAD & ~CLONE_FILES) == errno_result(errno.EPERM)


def test_only_stream_socket_pairs_are_allowed(table: SyscallTable) -> None:
    number = table.argument_checked["socketpair"]
    assert decide(table, number, socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) == ALLOWED
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        assert decide(table, number, socket.AF_UNIX, kind) == errno_result(errno.EPERM)


def test_unaccounted_memory_is_denied(table: SyscallTable) -> None:
    for flags in (mmap.MAP_SHARED, 3):  # MAP_SHARED_VALIDATE
        shared = (table.argument_checked["mmap"], 0, 1 << 20, 3, flags | mmap.MAP_ANONYMOUS)
        assert decide(table, *shared) == errno_result(errno.EPERM)
        assert decide(table, table.argument_checked["mmap"], 0, 1 << 20, 3, flags) == ALLOWED
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    assert decide(table, table.argument_checked["mmap"], 0, 1 << 20, 3, private) == ALLOWED
    huge = decide(table, table.argument_checked["mmap"], 0, 1 << 20, 3, private | 0x40000)
    assert huge == errno_result(errno.EPERM)


@given(
    number=st.sampled_from(["ioctl", "fcntl"]),
    command=st.integers(0, 2**32 - 1),
    in_host_namespaces=st.booleans(),
)
def test_unlisted_descriptor_commands_are_denied(number: str, command: int, in_host_namespaces: bool) -> None:
    table = table_for("x86_64")
    allowed = ALLOWED_COMMANDS[number] - (LOCKS if in_host_namespaces else set())
    expected = ALLOWED if command in allowed else errno_result(errno.EPERM)
    assert (
        decide(table, table.argument_checked[number], 0, command, in_host_namespaces=in_host_namespaces)
        == expected
    )


@pytest.mark.parametrize(
    "command", [0x5412, 0x541C, 0x40086602, 0x401C5820, 0x40049409, 0xC0185879, 0x50009401]
)
def test_ioctl_cannot_change_terminals_and_files(table: SyscallTable, command: int) -> None:
    assert decide(table, table.argument_checked["ioctl"], 0, command) == errno_result(errno.EPERM)


def test_descriptor_commands_of_python_are_allowed(table: SyscallTable) -> None:
    for name, commands in ALLOWED_COMMANDS.items():
        for command in commands:
            assert decide(table, table.argument_checked[name], 0, command) == ALLOWED


@pytest.mark.parametrize("command", [8, 10, 15, 1024, 1026, 1031, 1036])
def test_leases_notifications_signals_and_pipe_sizes_are_denied(table: SyscallTable, command: int) -> None:
    assert decide(table, table.argument_checked["fcntl"], 0, command) == errno_result(errno.EPERM)


def test_hiding_from_the_watchdog_is_denied(table: SyscallTable) -> None:
    for option in (4, 22):  # PR_SET_DUMPABLE, PR_SET_SECCOMP
        assert decide(table, table.argument_checked["prctl"], option) == errno_result(errno.EPERM)
    assert decide(table, table.argument_checked["prctl"], 15) == ALLOWED  # PR_SET_NAME


def test_calls_on_host_files_and_processes_are_denied(table: SyscallTable) -> None:
    for number in table.denied_in_host_namespaces:
        assert decide(table, number) == ALLOWED
        assert decide(table, number, in_host_namespaces=True) == errno_result(errno.EPERM)
    for number in table.self_only:
        assert decide(table, number, 0, in_host_namespaces=True) == ALLOWED
        assert decide(table, number, 1234, in_host_namespaces=True) == errno_result(errno.EPERM)


def test_other_architectures_are_rejected() -> None:
    with pytest.raises(SandboxUnavailableError, match="riscv64"):
        table_for("riscv64")
