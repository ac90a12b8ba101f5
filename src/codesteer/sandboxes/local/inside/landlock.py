"""Restrict a process with Landlock, for machines that do not allow namespaces."""

import ctypes
import os
from collections.abc import Iterable

from . import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL_FILES = (1 << 16) - 1  # all rights of ABI 5, including ioctl on devices
# Not /dev/zero: a shared mapping of it is memory that no limit covers.
_DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE
_NO_TCP = 3  # bind and connect
_SCOPES = 3  # abstract Unix sockets and signals


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("parent", ctypes.c_int32))


def restrict_signals() -> None:
    """Allow this process and its descendants to signal only each other; raise OSError on failure."""
    _restrict(_new_ruleset(_Ruleset(0, 0, _SCOPES)))


def restrict_files(readable: Iterable[str], writable: str) -> None:
    """Allow only reading below some paths and all access below another; raise OSError on failure."""
    ruleset = _new_ruleset(_Ruleset(_ALL_FILES, _NO_TCP, _SCOPES))
    for path in readable:
        _allow(ruleset, path, _EXECUTE | _READ_FILE | _READ_DIR)
    for path in _DEVICES:
        _allow(ruleset, path, _WRITE_FILE | _READ_FILE)
    _allow(ruleset, writable, _ALL_FILES)
    _restrict(ruleset)


def _new_ruleset(attributes: _Ruleset) -> int:
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    return kernel.syscall(_CREATE_RULESET, ctypes.byref(attributes), size, ctypes.c_uint32(0))


def _allow(ruleset: int, path: str, rights: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = _PathRule(rights if os.path.isdir(path) else rights & _FILE_RIGHTS, parent)
    kernel.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_RULE_PATH_BENEATH), ctypes.byref(rule), 0)
    os.close(parent)


def _restrict(ruleset: int) -> None:
    kernel.set_no_new_privileges()
    kernel.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)
