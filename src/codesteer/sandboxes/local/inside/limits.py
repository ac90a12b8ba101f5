"""The limits that the kernel enforces for each process."""

import resource

# Memory that is mapped but never touched: libraries, thread stacks. What is touched, the host counts.
_UNTOUCHED_BYTES = 1024**3
_OPEN_FILES = 256
_QUEUED_SIGNALS = 64


def set_limits(*, memory_bytes: int, scratch_bytes: int, processes: int | None) -> None:
    """Set the limits of this process and its descendants for good.

    Args:
        memory_bytes: what all processes together may touch; each may map somewhat more.
        scratch_bytes: the largest file.
        processes: processes and threads of this user at once, others than the program's included; None where
            the kernel does not limit them.
    """
    limits = {
        resource.RLIMIT_AS: memory_bytes + _UNTOUCHED_BYTES,
        resource.RLIMIT_FSIZE: scratch_bytes,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        # Not 0: with 0 the kernel still hands the core to a crash reporter outside, with 1 it does not.
        resource.RLIMIT_CORE: 1,
        # What the kernel counts for a user, and so for the user's other processes as well.
        resource.RLIMIT_SIGPENDING: _QUEUED_SIGNALS,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if processes is not None:
        limits[resource.RLIMIT_NPROC] = processes
    for kind, wanted in limits.items():
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))
