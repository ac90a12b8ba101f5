"""Print errors for a program that may have closed, removed or replaced its stderr."""

import os
import sys
import traceback
from contextlib import suppress
from typing import TextIO

_OWN_FOLDER = os.path.dirname(__file__)


def without_own_frames(error: BaseException) -> BaseException:
    """Let the traceback of an exception start at the program's first frame."""
    trace = error.__traceback__
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == _OWN_FOLDER:
        trace = trace.tb_next
    return error.with_traceback(trace)


def print_error(error: BaseException) -> None:
    """Print an exception with its traceback."""
    with suppress(Exception):
        traceback.print_exception(without_own_frames(error), file=_stderr())


def print_message(message: object) -> None:
    """Print a line."""
    with suppress(Exception):
        print(message, file=_stderr())


def _stderr() -> TextIO:
    stream: TextIO | None = vars(sys).get("stderr")
    if stream is not None and not getattr(stream, "closed", False):
        return stream
    return open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
