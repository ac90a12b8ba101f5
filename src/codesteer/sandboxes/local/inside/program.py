"""Run source code as this process's main program, then exit."""

import io
import os
import sys
import threading
import traceback
from types import CodeType, ModuleType
from typing import NoReturn


def run_program(path: str, source: bytes) -> NoReturn:
    """Run the program like ``python path`` would, then exit with its status."""
    sys.path.insert(0, os.path.dirname(path))
    _open_streams()
    main = _new_main(path)
    status = 0
    try:
        exec(_compile(source, path), main.__dict__)  # noqa: S102 running the program is the purpose
    except SystemExit as error:
        status = _exit_status(error)
    except BaseException as error:
        status = 1
        _print_exception(error)
    os._exit(_finish(status))


def hide_own_modules() -> None:
    """Make this package impossible to import; done once per server, because it scans all modules."""
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]
    del sys.path[0]


def _open_streams() -> None:
    """Open unbuffered standard streams, so that no output is lost when the program is killed."""
    stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r")), encoding="utf-8", errors="surrogateescape")
    streams = {"stdin": stdin, "stdout": _writer(1, "strict"), "stderr": _writer(2, "backslashreplace")}
    for name, stream in streams.items():
        vars(sys).update({name: stream, f"__{name}__": stream})


def _writer(descriptor: int, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w")
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)


def _new_main(path: str) -> ModuleType:
    main = ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [path]
    return main


def _compile(source: bytes, path: str) -> CodeType:
    try:
        return compile(source.decode(), path, "exec", dont_inherit=True)
    except UnicodeDecodeError:
        return compile(source, path, "exec", dont_inherit=True)


def _exit_status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)  # noqa: T201 as the interpreter does
    return 1


def _print_exception(error: BaseException) -> None:
    """Print the traceback, starting at the program's first frame."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    shown = error.with_traceback(trace)
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(shown), shown, shown.__traceback__)
        return
    traceback.print_exception(shown)


def _finish(status: int) -> int:
    """Join threads, run exit handlers and flush the output; skip the rest of the interpreter's shutdown."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
    except BaseException:
        traceback.print_exc()
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            status = status or 120
    return status
