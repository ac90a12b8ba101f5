"""Move this process's memory into huge pages, so that a fork copies fewer page table entries."""

from collections.abc import Iterator
from contextlib import suppress

from . import kernel

_HUGE_PAGE_BYTES = 2 * 1024 * 1024


def collapse_to_huge_pages() -> None:
    """Collapse all private memory into huge pages; does nothing if the kernel does not support it."""
    for start, end in _private_ranges():
        for address in range(start, end, _HUGE_PAGE_BYTES):
            with suppress(OSError):  # no kernel support, or the page is shared or partly empty
                kernel.collapse_pages(address, _HUGE_PAGE_BYTES)


def _private_ranges() -> Iterator[tuple[int, int]]:
    """Yield the writable anonymous ranges, aligned to whole huge pages."""
    with open("/proc/self/maps", "rb") as file:  # paths can be any bytes
        lines = file.readlines()
    for line in lines:
        addresses, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights == b"rw-p" and name in ([], [b"[heap]\n"]):
            first, _, last = addresses.partition(b"-")
            start = -(-int(first, 16) // _HUGE_PAGE_BYTES) * _HUGE_PAGE_BYTES
            yield start, int(last, 16) // _HUGE_PAGE_BYTES * _HUGE_PAGE_BYTES
