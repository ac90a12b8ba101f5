"""The filter decides as intended, on both machines; a few lines stand in for the kernel's interpreter."""

import errno
import socket
import struct

import pytest

from codesteer.errors import SandboxUnavailableError
from codesteer.sandboxes.local.seccomp import build_filter
from codesteer.sandboxes.local.syscalls import SyscallTable, table_for

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
MACHINES = ["x86_64", "aarch64"]
READ = {"x86_64": 0, "aarch64": 63}
NEW_USER_NAMESPACE, FORK = 0x10000000, 17


def failure(code: int) -> int:
    return 0x00050000 | code


def decide(
    table: SyscallTable, number: int, *arguments: int, sharing: bool = False, foreign: bool = False
) -> int:
    """Return what the filter answers to a system call."""
    architecture = 0x40000003 if foreign else table.audit_architecture
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    program = list(struct.iter_unpack("=HBBI", build_filter(table, sharing=sharing)))
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
    assert decide(table, table.clone, FORK) == ALLOWED
    assert decide(table, table.clone, FORK | NEW_USER_NAMESPACE) == failure(errno.EPERM)
    assert decide(table, table.clone3) == failure(errno.ENOSYS)


def test_only_stream_pairs_are_made(table: SyscallTable) -> None:
    assert (
        decide(table, table.socketpair, socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) == ALLOWED
    )
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        assert decide(table, table.socketpair, socket.AF_UNIX, kind) == failure(errno.EPERM)


def test_terminals_get_no_input(table: SyscallTable) -> None:
    assert decide(table, table.ioctl, 0, 0x5412) == failure(errno.EPERM)
    assert decide(table, table.ioctl, 0, 0x5413) == ALLOWED


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
