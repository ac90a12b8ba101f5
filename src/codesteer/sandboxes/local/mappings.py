"""Account for the kernel's own memory for the mappings of processes, which it counts for nobody."""

from collections.abc import Sequence
from pathlib import Path

# Measured on Linux 6.18 for mappings whose pages were touched and then inherited.
_MAPPING_BYTES = 450
_BYTES_PER_ANCESTOR = 80
_MAX_MAPPINGS_FILE = Path("/proc/sys/vm/max_map_count")
_DEFAULT_MAX_MAPPINGS = 65_530
# Longer lists have long paths only to slow down the watchdog: the most anonymous mappings take 3.2 MB.
_MAX_LIST_BYTES = 4 << 20


def mapping_bytes(proc_folders: Sequence[str], used: int, limit: int) -> int:
    """Return the kernel's memory for the mappings of processes.

    Counting takes a millisecond per process, so it is 0 if the program cannot exceed its limit with them. Counting
    stops when they alone exceed it.

    Args:
        proc_folders: the processes' folders in /proc.
        used: other memory of the program, in bytes.
        limit: the program's memory limit.
    """
    # Each process could be a descendant of all others.
    each = _MAPPING_BYTES + _BYTES_PER_ANCESTOR * len(proc_folders)
    if used + len(proc_folders) * _max_mappings * each <= limit:
        return 0
    total = 0
    for proc_folder in proc_folders:
        total += each * _count_mappings(proc_folder)
        if total > limit:
            break
    return total


def _count_mappings(proc_folder: str) -> int:
    try:
        with open(f"{proc_folder}/maps", "rb") as file:
            lines = file.read(_MAX_LIST_BYTES)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return lines.count(b"\n") if len(lines) < _MAX_LIST_BYTES else _max_mappings


def _read_max_mappings() -> int:
    try:
        return int(_MAX_MAPPINGS_FILE.read_text())
    except OSError:
        return _DEFAULT_MAX_MAPPINGS


_max_mappings = _read_max_mappings()
