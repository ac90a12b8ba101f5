"""The filter decides as intended, on both machines; a few lines stand in for the kernel's interpreter."""

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
MACHINES = ["x86_64", "aarch64"]
READ = {"x86_64": 0, "aarch64": 63}
NEW_USER_NAMESPACE, FORK = 0x10000000, 17
CLONE_FILES = 0x400
THREAD = 0x3D0F00  # what glibc asks for
LOCKS = {fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW, 36, 37, 38}
KNOWN = {
    "ioctl": {
        *(termios.TCGETS, termios.TIOCGWINSZ, termios.TIOCGPGRP),
        *(termios.FIONREAD, termios.FIONBIO, termios.FIOCLEX, termios.FIONCLEX),
    },
    "fcntl": {0, 1, 2, 3, 4, 9, 1030, 1032} | LOCKS,
}


def failure(code: int) -> int:
    return 0x00050000 | code


def decide(
    table: SyscallTable,
    number: int,
    *arguments: int,
    sharing: bool = False,
    foreign: bool = False,
) -> int:
    """Return what the filter answers to a system call."""
    architecture = 0x40000003 if foreign else table.audit_architecture
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    instructions = build_filter(table, sharing=sharing)
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


@pytest.fixture(params=MACHINES)
def table(request: pytest.FixtureRequest) -> SyscallTable:
    return table_for(request.param)


@pytest.mark.parametrize("machine", MACHINES)
def test_common_calls_pass(machine: str) -> None:
    assert decide(table_for(machine), READ[machine]) == ALLOWED


def test_every_listed_call_is_denied(table: SyscallTable) -> None:
    assert {decide(table, number) for number in table.denied} == {failure(errno.EPERM)}
    assert len(set(table.denied)) == len(table.denied) > 60


def test_foreign_numbers_kill(table: SyscallTable) -> None:
    assert decide(table, 20, foreign=True) == KILLED


@pytest.mark.parametrize("number", [457, 600, 0x40000000 + 1, 0xFFFFFFFF])
def test_unknown_numbers_do_not_exist(table: SyscallTable, number: int) -> None:
    assert decide(table, number) == failure(errno.ENOSYS)


def test_forks_pass_but_bring_no_namespaces(table: SyscallTable) -> None:
    clone = table.examined["clone"]
    assert decide(table, clone, FORK) == ALLOWED
    assert decide(table, clone, FORK | NEW_USER_NAMESPACE) == failure(errno.EPERM)
    assert decide(table, table.examined["clone3"]) == failure(errno.ENOSYS)


def test_threads_pass_but_have_no_descriptors_of_their_own(table: SyscallTable) -> None:
    assert decide(table, table.examined["clone"], THREAD) == ALLOWED
    assert decide(table, table.examined["clone"], THREAD & ~CLONE_FILES) == failure(errno.EPERM)


def test_only_stream_pairs_are_made(table: SyscallTable) -> None:
    number = table.examined["socketpair"]
    assert decide(table, number, socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) == ALLOWED
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        assert decide(table, number, socket.AF_UNIX, kind) == failure(errno.EPERM)


def test_memory_that_nothing_counts_is_refused(table: SyscallTable) -> None:
    for flags in (mmap.MAP_SHARED, 3):  # MAP_SHARED_VALIDATE
        shared = (table.examined["mmap"], 0, 1 << 20, 3, flags | mmap.MAP_ANONYMOUS)
        assert decide(table, *shared) == failure(errno.EPERM)
        assert decide(table, table.examined["mmap"], 0, 1 << 20, 3, flags) == ALLOWED
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    assert decide(table, table.examined["mmap"], 0, 1 << 20, 3, private) == ALLOWED
    huge = decide(table, table.examined["mmap"], 0, 1 << 20, 3, private | 0x40000)
    assert huge == failure(errno.EPERM)


@given(number=st.sampled_from(["ioctl", "fcntl"]), command=st.integers(0, 2**32 - 1), sharing=st.booleans())
def test_unknown_commands_on_descriptors_are_refused(number: str, command: int, sharing: bool) -> None:
    table = table_for("x86_64")
    known = KNOWN[number] - (LOCKS if sharing else set())
    expected = ALLOWED if command in known else failure(errno.EPERM)
    assert decide(table, table.examined[number], 0, command, sharing=sharing) == expected


@pytest.mark.parametrize(
    "command", [0x5412, 0x541C, 0x40086602, 0x401C5820, 0x40049409, 0xC0185879, 0x50009401]
)
def test_neither_terminals_nor_files_are_changed_by_ioctl(table: SyscallTable, command: int) -> None:
    assert decide(table, table.examined["ioctl"], 0, command) == failure(errno.EPERM)


def test_what_python_does_with_descriptors_passes(table: SyscallTable) -> None:
    for name, commands in KNOWN.items():
        for command in commands:
            assert decide(table, table.examined[name], 0, command) == ALLOWED


@pytest.mark.parametrize("command", [8, 10, 15, 1024, 1026, 1031, 1036])
def test_leases_notices_signals_and_pipe_sizes_are_refused(table: SyscallTable, command: int) -> None:
    assert decide(table, table.examined["fcntl"], 0, command) == failure(errno.EPERM)


def test_nobody_hides_from_the_watchdog(table: SyscallTable) -> None:
    for option in (4, 22):  # PR_SET_DUMPABLE, PR_SET_SECCOMP
        assert decide(table, table.examined["prctl"], option) == failure(errno.EPERM)
    assert decide(table, table.examined["prctl"], 15) == ALLOWED  # PR_SET_NAME


def test_shared_files_and_processes_are_left_alone(table: SyscallTable) -> None:
    for number in table.denied_when_sharing:
        assert decide(table, number) == ALLOWED
        assert decide(table, number, sharing=True) == failure(errno.EPERM)
    for number in table.only_on_oneself:
        assert decide(table, number, 0, sharing=True) == ALLOWED
        assert decide(table, number, 1234, sharing=True) == failure(errno.EPERM)


def test_other_machines_are_refused() -> None:
    with pytest.raises(SandboxUnavailableError, match="riscv64"):
        table_for("riscv64")
