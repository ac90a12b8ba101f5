"""Build the system call filter as a classic BPF program, without libseccomp."""

import errno
import os
from functools import cache

from codesteer.sandboxes.local import argument_rules
from codesteer.sandboxes.local.bpf import (
    JUMP_EQUAL,
    JUMP_GREATER,
    LOAD_WORD,
    RETURN,
    Instruction,
    allow,
    fail_with,
    if_equal,
    load_argument,
)
from codesteer.sandboxes.local.syscalls import SyscallTable, table_for

_KILL_PROCESS = 0x80000000
_NUMBER_OFFSET = 0
_ARCHITECTURE_OFFSET = 4


def build_filter(table: SyscallTable, *, in_host_namespaces: bool) -> bytes:
    """Return the filter as an array of ``struct sock_filter``.

    The filter allows what Python and the solver packages need. The only sockets are connected stream pairs: a datagram
    pair could be redirected to any Unix socket.

    Args:
        table: the system call table of the architecture.
        in_host_namespaces: whether programs run in the host's namespaces.
    """
    program = [
        Instruction(LOAD_WORD, _ARCHITECTURE_OFFSET),
        Instruction(JUMP_EQUAL, table.audit_architecture, if_true=1),
        Instruction(RETURN, _KILL_PROCESS),
        Instruction(LOAD_WORD, _NUMBER_OFFSET),
        Instruction(JUMP_GREATER, table.highest_known, if_false=1),
        fail_with(errno.ENOSYS),
    ]
    for name, rule in argument_rules.argument_rules(in_host_namespaces=in_host_namespaces).items():
        program += if_equal(table.argument_checked[name], *rule)
    for number in table.denied:
        program += if_equal(number, fail_with(errno.EPERM))
    if in_host_namespaces:
        program += _host_namespace_rules(table)
    program.append(allow())
    return b"".join(instruction.pack() for instruction in program)


def _host_namespace_rules(table: SyscallTable) -> list[Instruction]:
    rules = []
    for number in table.denied_in_host_namespaces:
        rules += if_equal(number, fail_with(errno.EPERM))
    for number in table.self_only:
        rules += if_equal(number, load_argument(0), *if_equal(0, allow()), fail_with(errno.EPERM))
    return rules


@cache
def native_filter(*, in_host_namespaces: bool = False) -> bytes:
    """Return the filter for this machine's architecture.

    Args:
        in_host_namespaces: whether programs run in the host's namespaces.

    Raises:
        SandboxUnavailableError: the architecture is not supported.
    """
    return build_filter(table_for(os.uname().machine), in_host_namespaces=in_host_namespaces)
