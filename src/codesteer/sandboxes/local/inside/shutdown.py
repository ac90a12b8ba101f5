"""End a program as the interpreter would, as far as it can be seen from outside."""

import gc
import io
import os
import stat
import sys
import threading
from contextlib import suppress
from typing import TextIO

from .error_output import print_error

_ANY_FILE = io.IOBase.__base__  # the concrete class behind the abstract one


def finish(status: int) -> int:
    """Join threads, run exit handlers, destroy the program's objects and write out its files; return the exit status.

    The rest of the interpreter's shutdown, which destroys the libraries, is skipped.
    """
    try:
        threading._shutdown()  # type: ignore[attr-defined]
    except BaseException as error:
        print_error(error)
    import atexit

    atexit._run_exitfuncs()
    flushed = _flush("stdout", report=True) & _flush("stderr", report=False)
    _flush_files()  # before, because a file in a reference cycle may be destroyed after the one that it writes to
    _destroy_objects()
    _flush_files()
    return status if flushed else status or 120


def _flush(name: str, *, report: bool) -> bool:
    """Flush a standard stream; return whether that worked or the program has closed or removed it."""
    stream: TextIO | None = vars(sys).get(name)
    with suppress(Exception):
        if stream is None or stream.closed:
            return True
    try:
        stream.flush()  # type: ignore[union-attr]
    except BaseException as error:
        if report:
            print_error(error)
        return False
    return True


def _destroy_objects() -> None:
    """Destroy the program's objects, which closes its files; those that libraries refer to are left."""
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    sys.modules.pop("__main__", None)
    gc.collect()


def _flush_files() -> None:
    """Flush files on disk and those that write to stdout or stderr; others could wait for their reader forever."""
    for candidate in gc.get_objects():
        if _ANY_FILE in type(candidate).__mro__:  # not isinstance, which asks the object
            with suppress(BaseException):
                descriptor = candidate.fileno()
                if descriptor in (1, 2) or stat.S_ISREG(os.fstat(descriptor).st_mode):
                    candidate.flush()
