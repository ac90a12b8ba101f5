"""Programs end in every sandbox as under plain Python: with all that they have written, and the same exit code."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.port import Sandbox

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts("127.0.0.1")]

UNFLUSHED = {
    "second stream": "import os\nout = os.fdopen(1, 'w')\nout.write('7')",
    "second stream that shares the descriptor": "out = open(1, 'w', closefd=False)\nprint(7, file=out)",
    "bytes": "import io, sys\nout = io.BufferedWriter(io.FileIO(1, 'w'))\nout.write(b'7')",
    "text around bytes": "import io\nout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, 'w')))\nout.write('7')",
    "in a function": "def f(out=open(1, 'w', closefd=False)): out.write('7')\nf()",
    "in a library": "import json\njson.out = open(1, 'w', closefd=False)\njson.out.write('7')",
    "in an own module": "import sys\nsys.path.insert(0, '.')\nopen('own.py', 'w').write('out = open(1, \"w\")')\n"
    "import own\nown.out.write('7')",
    "replaced": "import sys\nsys.stdout = open(1, 'w', closefd=False)\nprint(7)",
    "in a hook": "import sys\nout = open(1, 'w', closefd=False)\nsys.excepthook = lambda *_: out.write('7')\n1 / 0",
    "beside a thread": "import threading, time\nout = open(1, 'w', closefd=False)\nout.write('7')\n"
    "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
    "beside a thread that waits": "import os, threading, time\nout = os.fdopen(os.pipe()[1], 'wb')\n"
    "threading.Thread(target=lambda: out.write(bytes(1 << 20)), daemon=True).start()\ntime.sleep(0.2)\n"
    "print(7)",
    "in a child": "import os\nout = open(1, 'w', closefd=False)\nout.write('7')\nif os.fork(): os.wait()",
    "at exit": "import atexit\nout = open(1, 'w', closefd=False)\natexit.register(out.write, '7')",
    "after an error": "out = open(1, 'w', closefd=False)\nout.write('7')\nraise SystemExit(3)",
}
FINALIZERS = {
    "finalizer": "class A:\n    def __del__(self): print(SEVEN)\na, SEVEN = A(), 7",
    "finalizer of a cycle": "class A:\n    def __del__(self): print(7)\na = A()\na.a = a\ndel a",
    "finalizer with stdout redirected": "import io, sys\nclass A:\n    def __del__(self): print(7)\na = A()\n"
    "sys.stdout = io.StringIO()",
    "finalizer that fails": "class A:\n    def __del__(self): print(7); 1 / 0\na = A()",
    "suspended generator": "def f():\n    try: yield\n    finally: print(7)\ng = f()\nnext(g)",
    "open context": "from contextlib import contextmanager\n@contextmanager\ndef f():\n    try: yield\n"
    "    finally: print(7)\nc = f()\nc.__enter__()",
    "weak reference": "import weakref\nclass A: pass\na = A()\nweakref.finalize(a, print, 7)",
}
STREAMS = {
    "stdout closed": "import sys\nprint(7)\nsys.stdout.close()",
    "stderr closed": "import sys\nprint(7)\nsys.stderr.close()",
    "both closed": "import sys\nprint(7)\nsys.stdout.close()\nsys.stderr.close()",
    "no stdout": "import sys\nprint(7)\nsys.stdout = None",
    "no stderr": "import sys\nsys.stderr = None\nprint(7)",
    "stdout deleted": "import sys\nprint(7)\ndel sys.stdout",
    "error with stderr deleted": "import sys\nprint(7)\ndel sys.stderr\n1 / 0",
    "descriptor closed": "import os\nprint(7)\nos.close(1)",
    "descriptor survives": "import os, sys\nsys.stdout.close()\nos.write(1, b'7')",
    "child after close": "import subprocess, sys\nsys.stdout.close()\nsubprocess.run(['echo', '7'])",
    "detached": "import sys\nout = sys.stdout.detach()\nout.write(b'7')\nout.flush()",
    "reopened": "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer)\nprint(7)",
    "closed replacement": "import io, sys\nprint(7)\nsys.stdout = io.StringIO()\nsys.stdout.close()",
    "without flush": "import sys\nclass A:\n    def write(self, text): sys.__stdout__.write(text)\n"
    "sys.stdout = A()\nprint(7)",
    "flush fails": "import sys\nclass A:\n    def write(self, text): sys.__stdout__.write(text)\n"
    "    def flush(self): raise RuntimeError\nsys.stdout = A()\nprint(7)",
    "error without stderr": "import sys\nprint(7)\nsys.stderr = None\n1 / 0",
    "error after stderr is closed": "import sys\nprint(7)\nsys.stderr.close()\n1 / 0",
    "message without stderr": "import sys\nprint(7)\nsys.stderr.close()\nsys.exit('bye')",
    "failing hook": "import sys\nprint(7)\nsys.excepthook = lambda *_: 1 / 0\nraise ValueError",
    "failing thread": "import sys, threading\nprint(7)\nsys.stderr.close()\n"
    "threading.Thread(target=lambda: 1 / 0).start()",
    "failing exit handler": "import atexit, sys\nprint(7)\nsys.stderr.close()\natexit.register(lambda: 1 / 0)",
}
PROGRAMS = UNFLUSHED | FINALIZERS | STREAMS


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
async def test_programs_end_as_under_plain_python(sandbox: Sandbox, program: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(program)
    plain = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-u", "program.py"], cwd=tmp_path, capture_output=True
    )
    result = await sandbox.run(program, Limits(wall_seconds=20))
    assert (result.exit_code, result.stdout) == (plain.returncode, plain.stdout.decode(errors="replace")), (
        result
    )
    assert plain.stderr == b"" or result.stderr
    assert "/inside/" not in result.stderr
