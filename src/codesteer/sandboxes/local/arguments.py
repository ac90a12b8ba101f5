"""Which system calls are allowed by their arguments; where there is a choice, by a list of what is allowed."""

import errno
import fcntl
import socket
import termios
from collections.abc import Iterable

from codesteer.sandboxes.local.instructions import (
    Instruction,
    allow,
    argument,
    fail,
    masked,
    when_any_bit,
    when_equal,
)

# CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_CLONE_FILES, _CLONE_THREAD = 0x400, 0x10000
_SOCKET_TYPE_MASK = 0xF
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_HUGETLB = 0x1, 0x20, 0x40000
_PR_SET_DUMPABLE, _PR_SET_SECCOMP = 4, 22
# Not those that change a file's flags, clone files, or put characters into a terminal's input.
_IOCTLS = (
    *(termios.TCGETS, termios.TIOCGWINSZ, termios.TIOCGPGRP, termios.FIONREAD),
    *(termios.FIONBIO, termios.FIOCLEX, termios.FIONCLEX),
)
# Not those for leases, notices, signals to others, and the size of a pipe.
_FCNTLS = (
    *(fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL),
    *(fcntl.F_GETOWN, fcntl.F_GETPIPE_SZ),
)
_LOCKS = (
    *(fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW),
    *(fcntl.F_OFD_GETLK, fcntl.F_OFD_SETLK, fcntl.F_OFD_SETLKW),
)


def rules(*, sharing: bool) -> dict[str, list[Instruction]]:
    """Return for each call that is to be examined what decides about it.

    Args:
        sharing: whether programs share the user's processes and files with others.
    """
    return {
        "mmap": _mmap(),
        "fcntl": _one_of(1, _FCNTLS if sharing else (*_FCNTLS, *_LOCKS)),
        "ioctl": _one_of(1, _IOCTLS),
        "prctl": _prctl(),
        "clone": _clone(),
        "clone3": [fail(errno.ENOSYS)],  # its arguments cannot be examined
        "socketpair": [argument(1), masked(_SOCKET_TYPE_MASK), *_only(socket.SOCK_STREAM)],
    }


def _one_of(index: int, values: Iterable[int]) -> list[Instruction]:
    allowed = [instruction for value in values for instruction in when_equal(value, allow())]
    return [argument(index), *allowed, fail(errno.EPERM)]


def _only(value: int) -> list[Instruction]:
    return [*when_equal(value, allow()), fail(errno.EPERM)]


def _mmap() -> list[Instruction]:
    """Refuse pages of the machine's reserve, and memory that stays when all but one page of it is unmapped."""
    unmapped = _MAP_SHARED | _MAP_ANONYMOUS
    return [
        argument(3),
        *when_any_bit(_MAP_HUGETLB, fail(errno.EPERM)),
        masked(unmapped),
        *when_equal(unmapped, fail(errno.EPERM)),
        allow(),
    ]


def _prctl() -> list[Instruction]:
    """Refuse to hide from the watchdog."""
    hiding = (_PR_SET_DUMPABLE, _PR_SET_SECCOMP)
    refused = [instruction for option in hiding for instruction in when_equal(option, fail(errno.EPERM))]
    return [argument(0), *refused, allow()]


def _clone() -> list[Instruction]:
    """Refuse namespaces, and threads with descriptors of their own, which the watchdog would not see."""
    return [
        argument(0),
        *when_any_bit(_NEW_NAMESPACES, fail(errno.EPERM)),
        masked(_CLONE_FILES | _CLONE_THREAD),
        *when_equal(_CLONE_THREAD, fail(errno.EPERM)),
        allow(),
    ]
