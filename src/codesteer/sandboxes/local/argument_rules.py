"""Filter rules for system calls that are allowed or denied by their arguments."""

import errno
import fcntl
import socket
import termios
from collections.abc import Iterable

from codesteer.sandboxes.local.bpf import (
    Instruction,
    allow,
    fail_with,
    if_any_bit,
    if_equal,
    load_argument,
    mask_bits,
)

# CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_CLONE_FILES, _CLONE_THREAD = 0x400, 0x10000
_SOCKET_TYPE_MASK = 0xF
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_HUGETLB = 0x1, 0x20, 0x40000
_PR_SET_DUMPABLE, _PR_SET_SECCOMP = 4, 22
# Excludes commands that change file flags, clone files or inject terminal input.
_IOCTLS = (
    *(termios.TCGETS, termios.TIOCGWINSZ, termios.TIOCGPGRP, termios.FIONREAD),
    *(termios.FIONBIO, termios.FIOCLEX, termios.FIONCLEX),
)
# Excludes commands for leases, directory notifications, signal owners and pipe sizes.
_FCNTLS = (
    *(fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL),
    *(fcntl.F_GETOWN, fcntl.F_GETPIPE_SZ),
)
_LOCKS = (
    *(fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW),
    *(fcntl.F_OFD_GETLK, fcntl.F_OFD_SETLK, fcntl.F_OFD_SETLKW),
)


def argument_rules(*, in_host_namespaces: bool) -> dict[str, list[Instruction]]:
    """Return the rule for each call whose arguments are checked.

    Args:
        in_host_namespaces: whether programs run in the host's namespaces.
    """
    return {
        "mmap": _mmap(),
        "fcntl": _one_of(1, _FCNTLS if in_host_namespaces else (*_FCNTLS, *_LOCKS)),
        "ioctl": _one_of(1, _IOCTLS),
        "prctl": _prctl(),
        "clone": _clone(),
        "clone3": [fail_with(errno.ENOSYS)],  # its arguments are in memory, out of the filter's reach
        "socketpair": [load_argument(1), mask_bits(_SOCKET_TYPE_MASK), *_only(socket.SOCK_STREAM)],
    }


def _one_of(index: int, values: Iterable[int]) -> list[Instruction]:
    allowed = [instruction for value in values for instruction in if_equal(value, allow())]
    return [load_argument(index), *allowed, fail_with(errno.EPERM)]


def _only(value: int) -> list[Instruction]:
    return [*if_equal(value, allow()), fail_with(errno.EPERM)]


def _mmap() -> list[Instruction]:
    """Deny huge pages, and shared anonymous memory, which stays allocated after munmap until its last page is gone."""
    shared_anonymous = _MAP_SHARED | _MAP_ANONYMOUS
    return [
        load_argument(3),
        *if_any_bit(_MAP_HUGETLB, fail_with(errno.EPERM)),
        mask_bits(shared_anonymous),
        *if_equal(shared_anonymous, fail_with(errno.EPERM)),
        allow(),
    ]


def _prctl() -> list[Instruction]:
    """Deny options that hide a process from the watchdog."""
    options = (_PR_SET_DUMPABLE, _PR_SET_SECCOMP)
    denied = [instruction for option in options for instruction in if_equal(option, fail_with(errno.EPERM))]
    return [load_argument(0), *denied, allow()]


def _clone() -> list[Instruction]:
    """Deny new namespaces, and threads with their own descriptor table, which the watchdog would not see."""
    return [
        load_argument(0),
        *if_any_bit(_NEW_NAMESPACES, fail_with(errno.EPERM)),
        mask_bits(_CLONE_FILES | _CLONE_THREAD),
        *if_equal(_CLONE_THREAD, fail_with(errno.EPERM)),
        allow(),
    ]
