"""Detect that the host has disconnected while the server is busy."""

import os
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_CHECK_SECONDS = 0.2


@contextmanager
def exit_on_hangup(control: socket.socket) -> Iterator[None]:
    """Exit if the host disconnects during the block."""
    poller = select.poll()
    poller.register(control, 0)  # poll always reports POLLHUP

    def check(_number: int, _frame: FrameType | None) -> None:
        if poller.poll(0):
            os._exit(1)

    signal.signal(signal.SIGALRM, check)
    signal.setitimer(signal.ITIMER_REAL, _CHECK_SECONDS, _CHECK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
