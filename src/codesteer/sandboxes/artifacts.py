"""Files that a program writes: sent behind its output, the same way in every sandbox."""

import json
import mimetypes
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from codesteer.ranges import Count
from codesteer.sandboxes.execution import Artifact, Base64, ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.variables import insert_statements

MAX_ARTIFACTS = 10
"""Files of one program that are kept; of others nothing is said."""
MAX_ARTIFACT_BYTES = 384 * 1024
"""Size of all files of one program whose content is kept; of others only name and size are."""
MAX_NAME_LENGTH = 200
_MAY_WRITE = re.compile(
    r"\bopen\s*\(|savefig|\bto_(?:csv|excel|feather|html|json|latex|markdown|parquet|pickle|stata|xml)\b"
    r"|\.show\s*\(|\.save\w*\s*\(|\bsave\s*\(|write_(?:text|bytes|image|html)|im(?:write|save)|copyfile|\bdump\s*\("
)
_SIZE_AND_CONTENT = TypeAdapter(tuple[Count, Base64 | None])
_SEND = """
def _send_files(mark, most, left, shows):
    import atexit, base64, contextlib, gc, io, json, os, stat, sys
    if shows:
        with contextlib.suppress(Exception):
            import matplotlib.pyplot as plt  # first, because it closes all figures at exit
    # A descriptor of its own, because the program may close stdout or redirect it to a file.
    out, process, place, known = os.dup(1), os.getpid(), os.getcwd(), set(os.listdir("."))
    def flush_open_files():
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
        for candidate in gc.get_objects():
            if io.IOBase.__base__ in type(candidate).__mro__:
                with contextlib.suppress(BaseException):
                    if stat.S_ISREG(os.fstat(candidate.fileno()).st_mode):
                        candidate.flush()
    def save_figures():
        for number in plt.get_fignums()[:most]:
            plt.figure(number).savefig(os.path.join(place, "figure-%d.png" % number))
    def content(path, size):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            return base64.b64encode(file.read(size)).decode()
    def new_files():
        space, files = left, []
        for entry in sorted(os.scandir(place), key=lambda entry: entry.name)[:1000]:
            with contextlib.suppress(OSError):
                if entry.name in known or not entry.is_file(follow_symlinks=False) or len(files) == most:
                    continue
                size = entry.stat().st_size
                files.append([entry.name, size, content(entry.path, size) if size <= space else None])
                space -= size if size <= space else 0
        return files
    def send():
        if os.getpid() != process:
            return
        with contextlib.suppress(Exception):
            flush_open_files()
            if shows:
                save_figures()
        with contextlib.suppress(OSError):
            if files := new_files():
                data = (mark + json.dumps(files) + mark).encode()
                while data:
                    data = data[os.write(out, data):]
    atexit.register(send)
"""


@dataclass(frozen=True, slots=True)
class Collection:
    """A program that sends its files behind a random mark, and how to read them."""

    program: str
    mark: str

    def limits(self, limits: Limits) -> Limits:
        """Return limits that leave room for the files in the output."""
        return replace(limits, output_bytes=limits.output_bytes + 2 * MAX_ARTIFACT_BYTES)

    def read(self, result: ExecutionResult, limits: Limits) -> ExecutionResult:
        """Return the result with the files apart from the output, and the output within the program's own limits."""
        before, found, rest = result.stdout.partition(self.mark)
        sent, _, after = rest.partition(self.mark)
        return _capped(
            replace(result, stdout=before + after, artifacts=tuple(_artifacts(sent)) if found else ()),
            limits.output_bytes,
        )


def _capped(result: ExecutionResult, limit: int) -> ExecutionResult:
    out, err = _head(result.stdout, limit), _head(result.stderr, limit)
    if (out, err) == (result.stdout, result.stderr):
        return result
    return replace(
        result,
        status=ExecutionStatus.OUTPUT_LIMIT,
        exit_code=None,
        stdout=out,
        stderr=err,
        stdout_truncated=result.stdout_truncated or out != result.stdout,
        stderr_truncated=result.stderr_truncated or err != result.stderr,
    )


def _head(text: str, limit: int) -> str:
    # A replacement character stands for a single byte that is not UTF-8.
    if len(text.replace("\ufffd", "?").encode(errors="replace")) <= limit:
        return text
    return text.encode(errors="replace")[:limit].decode(errors="ignore")


def collect_artifacts(program: str) -> Collection | None:
    """Return a program that sends the files it leaves in its folder; None if it does not seem to write any.

    The statement that does so is on one line, so that the line numbers of errors change as little as possible.
    """
    if not _MAY_WRITE.search(program):
        return None
    mark = f"\x1e{secrets.token_hex(16)}\x1e"
    arguments = f"{mark!r}, {MAX_ARTIFACTS}, {MAX_ARTIFACT_BYTES}, {_shows_plots(program)}"
    source = f"{_SEND}_send_files({arguments}); del _send_files"
    return Collection(insert_statements(program, f"exec({source!r})\n"), mark)


def _shows_plots(program: str) -> bool:
    """Return whether a program shows plots: there is no display, so each open figure becomes a file."""
    return "matplotlib" in program and ".show(" in program


def _artifacts(sent: str) -> Iterator[Artifact]:
    """Read what a program sent; it may have forged or cut it."""
    try:
        files: Any = json.loads(sent)
    except (ValueError, RecursionError):
        return
    for file in files[:MAX_ARTIFACTS] if isinstance(files, list) else ():
        if (artifact := _artifact(file)) is not None:
            yield artifact


def _artifact(file: Any) -> Artifact | None:
    match file:
        case [str(name), *rest] if 0 < len(name) <= MAX_NAME_LENGTH:
            mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
            try:
                size, content = _SIZE_AND_CONTENT.validate_python(tuple(rest), strict=True)
            except ValidationError:
                return None
            return Artifact(name=name, size=size, mime_type=mime_type, base64=content)
    return None
