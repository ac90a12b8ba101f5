"""Files that a program writes: sent behind its output, the same way in every sandbox."""

import json
import mimetypes
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from codesteer.sandboxes.execution import Artifact, ExecutionResult, Limits
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
_SEND = """
def _send_files(mark, most, left, shows):
    import atexit, base64, contextlib, json, os, sys
    if shows:
        with contextlib.suppress(Exception):
            import matplotlib.pyplot as plt  # first, because it closes all figures at exit
    process, place, known = os.getpid(), os.getcwd(), set(os.listdir("."))
    def send():
        space, files = left, []
        if os.getpid() != process:
            return
        if shows:
            with contextlib.suppress(Exception):
                for number in plt.get_fignums()[:most]:
                    plt.figure(number).savefig(os.path.join(place, "figure-%d.png" % number))
        for entry in sorted(os.scandir(place), key=lambda entry: entry.name)[:1000]:
            if entry.name in known or not entry.is_file(follow_symlinks=False) or len(files) == most:
                continue
            size, content = entry.stat().st_size, None
            if size <= space:
                space -= size
                with open(entry.path, "rb") as file:
                    content = base64.b64encode(file.read(size)).decode()
            files.append([entry.name, size, content])
        if files:
            sys.stdout.flush()
            data = (mark + json.dumps(files)).encode()
            while data:
                data = data[os.write(1, data):]
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

    def read(self, result: ExecutionResult) -> ExecutionResult:
        """Return the result with the files apart from the output."""
        stdout, found, sent = result.stdout.partition(self.mark)
        if not found:
            return result
        return replace(result, stdout=stdout, artifacts=tuple(_artifacts(sent)))


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
        match file:
            case [str(name), int(size), str() | None as content] if 0 < len(name) <= MAX_NAME_LENGTH:
                mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
                yield Artifact(name=name, size=size, mime_type=mime_type, base64=content)
