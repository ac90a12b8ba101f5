"""Builds the system call filter for programs as a classic BPF program, without libseccomp."""

import errno
import os
import socket
import struct
from dataclasses import dataclass
from functools import cache

from codesteer.sandboxes.local.syscalls import SyscallTable, table_for

_LOAD_WORD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_GREATER = 0x25
_JUMP_ANY_BIT = 0x45
_AND = 0x54
_RETURN = 0x06

_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000

_NUMBER_OFFSET = 0
_ARCHITECTURE_OFFSET = 4

# CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
# Both put characters into a terminal's input as if they had been typed.
_TIOCSTI = 0x5412
_TIOCLINUX = 0x541C
_SOCKET_TYPE_MASK = 0xF


@dataclass(frozen=True, slots=True)
class _Instruction:
    code: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def pack(self) -> bytes:
        return struct.pack("=HBBI", self.code, self.if_true, self.if_false, self.value)


def build_filter(table: SyscallTable, *, sharing: bool) -> bytes:
    """Return the filter as an array of ``struct sock_filter``.

    Programs keep what Python and the solver packages need. They get no sockets but connected stream pairs: a
    datagram pair could be re-aimed at any Unix socket that the program can name.

    Args:
        table: the numbers of the machine.
        sharing: whether programs share the user's processes and files with others.
    """
    program = [
        _Instruction(_LOAD_WORD, _ARCHITECTURE_OFFSET),
        _Instruction(_JUMP_EQUAL, table.audit_architecture, if_true=1),
        _Instruction(_RETURN, _KILL_PROCESS),
        _Instruction(_LOAD_WORD, _NUMBER_OFFSET),
        _Instruction(_JUMP_GREATER, table.newest_known, if_false=1),
        _fail(errno.ENOSYS),
        *_when_equal(table.clone3, _fail(errno.ENOSYS)),
    ]
    for number in table.denied:
        program += _when_equal(number, _fail(errno.EPERM))
    if sharing:
        program += _sharing_rules(table)
    program += _clone_rule(table.clone)
    program += _ioctl_rule(table.ioctl)
    program += _socketpair_rule(table.socketpair)
    program.append(_Instruction(_RETURN, _ALLOW))
    return b"".join(instruction.pack() for instruction in program)


def _fail(code: int) -> _Instruction:
    return _Instruction(_RETURN, _ERRNO | code)


def _when_equal(number: int, *then: _Instruction) -> list[_Instruction]:
    return [_Instruction(_JUMP_EQUAL, number, if_false=len(then)), *then]


def _argument(index: int) -> _Instruction:
    # The low word: both supported machines are little-endian.
    return _Instruction(_LOAD_WORD, 16 + 8 * index)


def _sharing_rules(table: SyscallTable) -> list[_Instruction]:
    rules = []
    for number in table.denied_when_sharing:
        rules += _when_equal(number, _fail(errno.EPERM))
    for number in table.only_on_oneself:
        oneself = _when_equal(0, _Instruction(_RETURN, _ALLOW))
        rules += _when_equal(number, _argument(0), *oneself, _fail(errno.EPERM))
    return rules


def _clone_rule(number: int) -> list[_Instruction]:
    return _when_equal(
        number,
        _argument(0),
        _Instruction(_JUMP_ANY_BIT, _NEW_NAMESPACES, if_false=1),
        _fail(errno.EPERM),
        _Instruction(_RETURN, _ALLOW),
    )


def _ioctl_rule(number: int) -> list[_Instruction]:
    return _when_equal(
        number,
        _argument(1),
        *_when_equal(_TIOCSTI, _fail(errno.EPERM)),
        *_when_equal(_TIOCLINUX, _fail(errno.EPERM)),
        _Instruction(_RETURN, _ALLOW),
    )


def _socketpair_rule(number: int) -> list[_Instruction]:
    return _when_equal(
        number,
        _argument(1),
        _Instruction(_AND, _SOCKET_TYPE_MASK),
        *_when_equal(socket.SOCK_STREAM, _Instruction(_RETURN, _ALLOW)),
        _fail(errno.EPERM),
    )


@cache
def own_filter(*, sharing: bool = False) -> bytes:
    """Return the filter for this machine.

    Args:
        sharing: whether programs share the user's processes and files with others.

    Raises:
        SandboxUnavailableError: there is none.
    """
    return build_filter(table_for(os.uname().machine), sharing=sharing)
