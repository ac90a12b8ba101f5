"""The kernel's calls that Python has no function for."""

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


def system_call(number: int, *arguments: object) -> int:
    """Make a system call by number; raises OSError."""
    return check(_libc.syscall(ctypes.c_long(number), *arguments))


def unshare(flags: int) -> None:
    """Leave namespaces for new ones; raises OSError."""
    check(_libc.unshare(flags))


def set_namespaces(process: int, kinds: int) -> None:
    """Enter namespaces of another process, given by its descriptor; raises OSError.

    Into a namespace of process ids only the children go that are forked from now on.
    """
    check(_libc.setns(process, kinds))


def mount_scratch(target: str, size_bytes: int, files: int) -> None:
    """Mount an empty file system in memory; raises OSError."""
    _mount(target, _MS_NOSUID | _MS_NODEV, f"size={size_bytes},nr_inodes={files},mode=0700")


def resize_scratch(target: str, size_bytes: int, files: int) -> None:
    """Change the size of a file system that ``mount_scratch`` has mounted; raises OSError."""
    _mount(target, _MS_REMOUNT | _MS_NOSUID | _MS_NODEV, f"size={size_bytes},nr_inodes={files}")


def cover(target: str) -> None:
    """Hide a folder behind an empty one that cannot be written to; raises OSError."""
    _mount(target, _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, "size=4096,nr_inodes=1,mode=0555")


def _mount(target: str, flags: int, options: str) -> None:
    check(_libc.mount(b"tmpfs", target.encode(), b"tmpfs", flags, options.encode()))


def collapse_pages(address: int, size_bytes: int) -> None:
    """Have the kernel gather a range of this process's memory in large pages; raises OSError."""
    start, length = ctypes.c_void_p(address), ctypes.c_size_t(size_bytes)
    _libc.madvise(start, length, _MADV_HUGEPAGE)
    check(_libc.madvise(start, length, _MADV_COLLAPSE))


def become(user: int) -> None:
    """Become an ordinary user for good; raises OSError."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    open_to_inspection()


def open_to_inspection() -> None:
    """Open this process's entries in /proc to its user again, which a change of user or namespace closes."""
    check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))


def drop_capabilities() -> None:
    """Give up every capability; raises OSError."""
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    check(_libc.capset(ctypes.byref(header), ctypes.byref(nothing)))


def forbid_new_privileges() -> None:
    """Make set-user-id programs and file capabilities ineffective for good; raises OSError."""
    check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def install_filter(instructions: bytes) -> None:
    """Filter the system calls of this process and its descendants for good; raises OSError."""
    program = _FilterProgram(len(instructions) // 8, instructions)
    check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))


def adopt_orphans() -> None:
    """Become the parent of every descendant whose parent has ended; raises OSError."""
    check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def die_with_parent(signal_number: int) -> None:
    """Get a signal when the parent ends; raises OSError."""
    check(_libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0))
