"""Notices that the host has gone while the server is busy with something else."""

import os
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SECONDS = 0.2


@contextmanager
def watched(control: socket.socket) -> Iterator[None]:
    """End this process during the block if the host hangs up."""
    poller = select.poll()
    poller.register(control, 0)  # a hang-up is reported without being asked for

    def look(_number: int, _frame: FrameType | None) -> None:
        if poller.poll(0):
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
