"""Files that a program writes come back with its result, bounded, and apart from its output."""

import base64
import json
from typing import Any

import pytest

from codesteer.sandboxes.artifacts import (
    MAX_ARTIFACT_BYTES,
    MAX_ARTIFACTS,
    Collection,
    collect_artifacts,
)
from codesteer.sandboxes.execution import Artifact, ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.variables import define_variables

LIMITS = Limits(wall_seconds=20)


async def run(program: str, files: dict[str, bytes] | None = None) -> ExecutionResult:
    collection = collect_artifacts(program)
    assert collection is not None
    complete = define_variables(collection.program, files, QUESTION="q")
    return collection.read(await open_sandbox("local").run(complete, collection.limits(LIMITS)), LIMITS)


def content(artifact: Artifact) -> bytes:
    assert artifact.base64 is not None
    return base64.b64decode(artifact.base64)


async def test_a_table_and_a_picture() -> None:
    result = await run(
        "open('out.csv', 'w').write('a,b')\nopen('plot.png', 'wb').write(b'\\x89PNG' + bytes(9))\nprint('<<<2>>>')"
    )
    table, picture = result.artifacts
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "<<<2>>>\n")
    assert (table.name, table.size, table.mime_type, content(table)) == ("out.csv", 3, "text/csv", b"a,b")
    assert (picture.mime_type, content(picture)[:4]) == ("image/png", b"\x89PNG")


async def test_a_plot_that_is_shown_becomes_a_picture() -> None:
    drawing = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.figure()\nplt.plot([2, 1])\n"
    result = await run(f"{drawing}plt.show()\nprint('<<<2>>>')")
    assert [file.name for file in result.artifacts] == ["figure-1.png", "figure-2.png"]
    assert content(result.artifacts[0]).startswith(b"\x89PNG")
    assert result.stdout == "<<<2>>>\n"
    saved = await run(f"{drawing}plt.savefig('own.png')")
    assert [file.name for file in saved.artifacts] == ["own.png"]


async def test_files_of_the_question_do_not_come_back() -> None:
    result = await run("open('copy.txt', 'w').write(open('in.txt').read())", {"in.txt": b"x"})
    assert [file.name for file in result.artifacts] == ["copy.txt"]


@pytest.mark.parametrize(
    "ending",
    [
        "raise ValueError('x')",
        "import sys; sys.exit(3)",
        "import os\nif os.fork() == 0: raise SystemExit\nos.wait()",
    ],
)
async def test_a_program_that_ends_in_any_way_sends_its_files_once(ending: str) -> None:
    result = await run(f"print('out')\nopen('a.txt', 'w').write('x')\n{ending}")
    assert ([file.name for file in result.artifacts], result.stdout) == (["a.txt"], "out\n")


UNFLUSHED = {
    "in a variable": "file = open('a.txt', 'w')\nfile.write('x')",
    "in a function's default": "def f(file=open('a.txt', 'w')): file.write('x')\nf()",
    "in a library": "import json\njson.file = open('a.txt', 'wb')\njson.file.write(b'x')",
    "as stdout": "import sys\nsys.stdout = open('a.txt', 'w')\nprint('x', end='')",
    "at exit": "import atexit\nfile = open('a.txt', 'w')\natexit.register(file.write, 'x')",
    "beside a thread that waits": "import os, threading, time\npipe = os.fdopen(os.pipe()[1], 'wb')\n"
    "threading.Thread(target=lambda: pipe.write(bytes(1 << 20)), daemon=True).start()\ntime.sleep(0.2)\n"
    "file = open('a.txt', 'w')\nfile.write('x')",
    "in a row": "import csv\nfile = open('a.txt', 'w')\ncsv.writer(file, lineterminator='').writerow('x')",
    "in a log": "import logging\nlogging.basicConfig(filename='a.txt', format='%(message)s')\n"
    "logging.root.handlers[0].terminator = ''\nlogging.error('x')  # open(",
}


@pytest.mark.parametrize("program", UNFLUSHED.values(), ids=UNFLUSHED)
async def test_files_that_are_not_closed_are_complete(program: str) -> None:
    (file,) = (await run(program)).artifacts
    assert (file.name, content(file)) == ("a.txt", b"x")


@pytest.mark.parametrize(
    "ending",
    [
        "sys.stdout.close()",
        "sys.stdout = None",
        "os.close(1)",
        "os.dup2(os.open('../scratch/b.txt', os.O_CREAT | os.O_WRONLY), 1); os.remove('b.txt')",
        "sys.stdout.close(); other = open('/dev/null', 'w')",
        "class A: pass\nsys.stdout = A()\nsys.stdout.flush = sys.exit",
    ],
)
async def test_files_arrive_whatever_happens_to_stdout(ending: str) -> None:
    result = await run(f"import os, sys\nopen('a.txt', 'w').write('x')\nprint('out')\n{ending}")
    assert (result.stdout, result.stderr.count("Traceback")) == ("out\n", 0)
    assert [(file.name, content(file)) for file in result.artifacts] == [("a.txt", b"x")]


@pytest.mark.parametrize("ending", ["os.chmod('a.txt', 0)", "os.remove('a.txt'); os.mkfifo('a.txt')"])
async def test_an_unreadable_file_does_not_lose_the_others(ending: str) -> None:
    result = await run(f"import os\nfor name in ('a.txt', 'b.txt'): open(name, 'w').write('x')\n{ending}")
    assert (result.status, result.stderr) == (ExecutionStatus.OK, "")
    assert content(result.artifacts[-1]) == b"x"
    assert [file.base64 for file in result.artifacts[:-1]] in ([None], [])


async def test_output_after_the_files_is_output() -> None:
    result = await run(
        "class A:\n    def __del__(self): print('out')\na = A()\nopen('a.txt', 'w').write('x')"
    )
    assert (result.stdout, [file.name for file in result.artifacts]) == ("out\n", ["a.txt"])


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("text", ["x", "ä"])
async def test_collecting_files_does_not_raise_the_output_limit(stream: str, text: str) -> None:
    full, size = LIMITS.output_bytes, len(text.encode())
    program = f"import sys\nsys.{stream}.write({text!r} * COUNT)  # open("
    assert (await run(program.replace("COUNT", str(full // size)))).status is ExecutionStatus.OK
    result = await run(program.replace("COUNT", str(full // size + 1)))
    assert (result.status, result.exit_code) == (ExecutionStatus.OUTPUT_LIMIT, None)
    assert len(getattr(result, stream).encode()) == full
    assert [result.stdout_truncated, result.stderr_truncated] == [stream == "stdout", stream == "stderr"]


async def test_bytes_that_are_not_utf_8_count_as_bytes() -> None:
    count = LIMITS.output_bytes // 2
    result = await run(f"import sys\nsys.stdout.buffer.write(b'\\xff' * {count})  # open(")
    assert (result.status, len(result.stdout)) == (ExecutionStatus.OK, count)


async def test_links_folders_and_files_elsewhere_are_left_out() -> None:
    result = await run(
        "import os\nos.symlink('/etc/passwd', 'link')\nos.mkdir('folder')\nopen('folder/a', 'w').close()\n"
        "open('b', 'w').close()"
    )
    assert [file.name for file in result.artifacts] == ["b"]


async def test_large_and_many_files_are_bounded() -> None:
    result = await run(
        f"open('0', 'wb').write(bytes({MAX_ARTIFACT_BYTES + 1}))\n"
        "for i in range(1, 30): open(f'{i:02}', 'w').write('x')"
    )
    assert len(result.artifacts) == MAX_ARTIFACTS
    assert result.artifacts[0].base64 is None
    assert all(file.base64 == "eA==" for file in result.artifacts[1:])


async def test_a_full_output_and_full_files_both_fit() -> None:
    result = await run(f"open('a', 'wb').write(bytes({MAX_ARTIFACT_BYTES}))\nprint('x' * (2 ** 20 - 1))")
    assert (result.status, len(result.stdout)) == (ExecutionStatus.OK, 2**20)
    assert result.artifacts[0].size == MAX_ARTIFACT_BYTES


async def test_errors_keep_their_lines_but_for_the_two_of_codesteer() -> None:
    result = await run("x = open('a', 'w')\n1 / 0")
    assert "line 4" in result.stderr
    assert "1 / 0" in result.stderr


def test_programs_that_write_nothing_stay_as_they_are() -> None:
    assert collect_artifacts("print(6 * 7)") is None


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "no json",
        "{}",
        "[1]",
        '[["a"]]',
        '[["", 1, null]]',
        '[["a", "1", null]]',
        '[["a", 1, 2]]',
        '[["a", 1, null, null]]',
        f'[["a", {"9" * 30}, null]]',
        f'[["a", {2**63}, null]]',
        '[["a", -1, null]]',
        '[["a", true, null]]',
        '[["a", 1.5, null]]',
        '[["a", NaN, null]]',
        '[["a", 1, "no base64"]]',
        '[["a", 1, "eA="]]',
        '[["a", 1, "eA==eA=="]]',
        '[["a", 1, "\\ud800"]]',
        "[" * 10_000,
    ],
)
def test_forged_and_truncated_files_are_no_files(sent: str) -> None:
    result = ExecutionResult(status=ExecutionStatus.OK, stdout=f"out\x1em\x1e{sent}")
    read = Collection("", "\x1em\x1e").read(result, LIMITS)
    assert (read.stdout, read.artifacts) == ("out", ())


def test_no_more_files_are_read_than_are_kept() -> None:
    files: Any = [[str(number), 1, "eA=="] for number in range(50)]
    result = ExecutionResult(status=ExecutionStatus.OK, stdout=f"\x1em\x1e{json.dumps(files)}")
    assert len(Collection("", "\x1em\x1e").read(result, LIMITS).artifacts) == MAX_ARTIFACTS
