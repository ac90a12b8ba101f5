"""Builds the system call filter for programs as a classic BPF program, without libseccomp."""

import errno
import os
from functools import cache

from codesteer.sandboxes.local import arguments
from codesteer.sandboxes.local.instructions import (
    JUMP_EQUAL,
    JUMP_GREATER,
    LOAD_WORD,
    RETURN,
    Instruction,
    allow,
    argument,
    fail,
    when_equal,
)
from codesteer.sandboxes.local.syscalls import SyscallTable, table_for

_KILL_PROCESS = 0x80000000
_NUMBER_OFFSET = 0
_ARCHITECTURE_OFFSET = 4


def build_filter(table: SyscallTable, *, sharing: bool) -> bytes:
    """Return the filter as an array of ``struct sock_filter``.

    Programs keep what Python and the solver packages need. They get no sockets but connected stream pairs: a
    datagram pair could be re-aimed at any Unix socket that the program can name.

    Args:
        table: the numbers of the machine.
        sharing: whether programs share the user's processes and files with others.
    """
    program = [
        Instruction(LOAD_WORD, _ARCHITECTURE_OFFSET),
        Instruction(JUMP_EQUAL, table.audit_architecture, if_true=1),
        Instruction(RETURN, _KILL_PROCESS),
        Instruction(LOAD_WORD, _NUMBER_OFFSET),
        Instruction(JUMP_GREATER, table.newest_known, if_false=1),
        fail(errno.ENOSYS),
    ]
    for name, rule in arguments.rules(sharing=sharing).items():
        program += when_equal(table.examined[name], *rule)
    for number in table.denied:
        program += when_equal(number, fail(errno.EPERM))
    if sharing:
        program += _sharing_rules(table)
    program.append(allow())
    return b"".join(instruction.pack() for instruction in program)


def _sharing_rules(table: SyscallTable) -> list[Instruction]:
    rules = []
    for number in table.denied_when_sharing:
        rules += when_equal(number, fail(errno.EPERM))
    for number in table.only_on_oneself:
        rules += when_equal(number, argument(0), *when_equal(0, allow()), fail(errno.EPERM))
    return rules


@cache
def own_filter(*, sharing: bool = False) -> bytes:
    """Return the filter for this machine.

    Args:
        sharing: whether programs share the user's processes and files with others.

    Raises:
        SandboxUnavailableError: there is none.
    """
    return build_filter(table_for(os.uname().machine), sharing=sharing)
