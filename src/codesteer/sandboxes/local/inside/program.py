"""Run source code as this process's main program, then exit."""

import io
import os
import sys
from types import CodeType, ModuleType
from typing import NoReturn

from .error_output import print_error, print_message, without_own_frames
from .shutdown import finish


def run_program(path: str, source: bytes) -> NoReturn:
    """Run the program like ``python path`` would, then exit with its status."""
    sys.path.insert(0, os.path.dirname(path))
    _open_streams()
    status = 1
    try:
        status = finish(_run_main(path, source))
    finally:
        # Whatever the program has done to the streams and hooks, it never returns to the server.
        os._exit(status)


def _run_main(path: str, source: bytes) -> int:
    main = _new_main(path)
    try:
        exec(_compile(source, path), main.__dict__)  # noqa: S102 running the program is the purpose
    except SystemExit as error:
        return _exit_status(error)
    except BaseException as error:
        _print_exception(error)
        return 1
    return 0


def hide_own_modules() -> None:
    """Make this package impossible to import; done once per server, because it scans all modules."""
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]
    del sys.path[0]


def _open_streams() -> None:
    """Open unbuffered standard streams, so that no output is lost when the program is killed."""
    stdin_bytes = io.BufferedReader(io.FileIO(0, "r", closefd=False))
    stdin = io.TextIOWrapper(stdin_bytes, encoding="utf-8", errors="surrogateescape")
    streams = {"stdin": stdin, "stdout": _writer(1, "strict"), "stderr": _writer(2, "backslashreplace")}
    for name, stream in streams.items():
        vars(sys).update({name: stream, f"__{name}__": stream})


def _writer(descriptor: int, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(
        descriptor, "w", closefd=False
    )  # as the interpreter's: closing the stream frees no descriptor
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
        in_c = -(2**63) <= error.code < 2**63
        return (error.code if in_c else -1) & 0xFF
    print_message(error.code)
    return 1


def _print_exception(error: BaseException) -> None:
    shown = without_own_frames(error)
    if sys.excepthook is not sys.__excepthook__:
        try:
            sys.excepthook(type(shown), shown, shown.__traceback__)
        except BaseException as failure:
            print_error(failure)
        else:
            return
    print_error(shown)
