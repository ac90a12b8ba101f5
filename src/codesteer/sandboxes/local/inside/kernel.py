"""System calls that Python's standard library does not wrap."""

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 1, 2, 4, 8, 32
_MADV_HUGEPAGE, _MADV_COLLAPSE = 14, 25

_libc = ctypes.CDLL(None, use_errno=True)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def check(result: int) -> int:
    """Return the result of a C function, or raise OSError with its error if it is negative."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number; raise OSError on failure."""
    return check(_libc.syscall(ctypes.c_long(number), *arguments))


def unshare(flags: int) -> None:
    """Move this process into new namespaces; raise OSError on failure."""
    check(_libc.unshare(flags))


def setns(pidfd: int, flags: int) -> None:
    """Enter namespaces of another process; raise OSError on failure.

    A PID namespace applies only to children that are forked afterwards.
    """
    check(_libc.setns(pidfd, flags))


def mount_scratch(target: str, size_bytes: int, files: int) -> None:
    """Mount an empty tmpfs; raise OSError on failure."""
    _mount(target, _MS_NOSUID | _MS_NODEV, f"size={size_bytes},nr_inodes={files},mode=0700")


def resize_scratch(target: str, size_bytes: int, files: int) -> None:
    """Change the size of a tmpfs mounted by ``mount_scratch``; raise OSError on failure."""
    _mount(target, _MS_REMOUNT | _MS_NOSUID | _MS_NODEV, f"size={size_bytes},nr_inodes={files}")


def mount_empty(target: str) -> None:
    """Hide a folder behind an empty read-only tmpfs; raise OSError on failure."""
    _mount(target, _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, "size=4096,nr_inodes=1,mode=0555")


def _mount(target: str, flags: int, options: str) -> None:
    check(_libc.mount(b"tmpfs", target.encode(), b"tmpfs", flags, options.encode()))


def collapse_pages(address: int, size_bytes: int) -> None:
    """Collapse a range of this process's memory into huge pages; raise OSError on failure."""
    start, length = ctypes.c_void_p(address), ctypes.c_size_t(size_bytes)
    _libc.madvise(start, length, _MADV_HUGEPAGE)
    check(_libc.madvise(start, length, _MADV_COLLAPSE))


def switch_user(user: int) -> None:
    """Switch to an unprivileged user permanently; raise OSError on failure."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    make_dumpable()


def make_dumpable() -> None:
    """Let the user read this process's /proc entries again after a change of user or namespace."""
    check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))


def drop_capabilities() -> None:
    """Drop all capabilities; raise OSError on failure."""
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    check(_libc.capset(ctypes.byref(header), ctypes.byref(none)))


def set_no_new_privileges() -> None:
    """Disable set-user-ID programs and file capabilities permanently; raise OSError on failure."""
    check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def install_seccomp_filter(instructions: bytes) -> None:
    """Filter the system calls of this process and its descendants permanently; raise OSError on failure."""
    program = _FilterProgram(len(instructions) // 8, instructions)
    check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))


def become_subreaper() -> None:
    """Adopt descendants whose parent exits; raise OSError on failure."""
    check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def set_parent_death_signal(signal_number: int) -> None:
    """Receive a signal when the parent exits; raise OSError on failure."""
    check(_libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0))
