"""Turns the calling process into one that can do no harm."""

import ctypes
import os
import resource
from typing import Any

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
# Memory that is mapped but never touched: libraries, thread stacks. What is touched, the host counts.
_UNTOUCHED_BYTES = 1024**3
_OPEN_FILES = 256

_libc = ctypes.CDLL(None, use_errno=True)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def take_descriptors(stdout: int, stderr: int, *, keep: int) -> None:
    """Make the program's streams 0 to 2 and close everything else but ``keep``."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nothing, 0), (stdout, 1), (stderr, 2)):
        os.dup2(descriptor, number)
    os.closerange(3, keep)
    os.closerange(keep + 1, 65536)


def confine(settings: dict[str, Any]) -> None:
    """Apply the settings of the sandbox and the limits of one program to this process, for good.

    Raises:
        OSError: the kernel refuses one of the measures.
    """
    os.setsid()
    _set_limits(settings)
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _install_filter(bytes.fromhex(settings["filter"]))


def _set_limits(settings: dict[str, Any]) -> None:
    limits = {
        resource.RLIMIT_AS: settings["memory_bytes"] + _UNTOUCHED_BYTES,
        resource.RLIMIT_NPROC: settings["processes"],
        resource.RLIMIT_FSIZE: settings["scratch_bytes"],
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        # Not 0: with 0 the kernel still hands the core to a crash reporter outside, with 1 it does not.
        resource.RLIMIT_CORE: 1,
    }
    for kind, wanted in limits.items():
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))


def _install_filter(instructions: bytes) -> None:
    program = _FilterProgram(len(instructions) // 8, instructions)
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
