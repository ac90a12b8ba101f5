"""Resource limits that the kernel enforces per process or per user."""

import resource

# For memory that is mapped but never touched: libraries, thread stacks. The host measures the memory in use.
_ADDRESS_SPACE_MARGIN_BYTES = 1024**3
_OPEN_FILES = 256
_QUEUED_SIGNALS = 64


def set_rlimits(*, memory_bytes: int, scratch_bytes: int, processes: int | None) -> None:
    """Set the limits of this process and its descendants permanently.

    Args:
        memory_bytes: memory limit of all processes together; each process may map somewhat more.
        scratch_bytes: maximum file size.
        processes: maximum number of the user's processes and threads, including those outside the program; None for
            no limit.
    """
    limits = {
        resource.RLIMIT_AS: memory_bytes + _ADDRESS_SPACE_MARGIN_BYTES,
        resource.RLIMIT_FSIZE: scratch_bytes,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        # Not 0: with 0 the kernel still pipes the core dump to the host's crash handler; with 1 it does not.
        resource.RLIMIT_CORE: 1,
        # Resources that the kernel counts per user, which the user's other processes would run out of.
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
