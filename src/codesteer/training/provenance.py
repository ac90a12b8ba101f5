"""Identify the code and the prompts that made an artefact."""

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from codesteer.graph.state import STATE_VERSION
from codesteer.prompts.loader import hash_of_folders

LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "gguf")
HASH_LENGTH = 12
TRAJECTORY_PROMPTS = ("checker", "guide", "rules", "sampling", "task")
"""Folders of the prompts that shape what a guide sees and says."""


@lru_cache(maxsize=1)
def source_hash() -> str:
    """Hash the package's modules; a checkout and a wheel of the same code have the same hash."""
    root = Path(str(files("codesteer")))
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:HASH_LENGTH]


def steering_version() -> str:
    """Identify the graph and the prompts that trajectories are recorded with: ``7/1a2b3c4d5e6f``."""
    return f"{STATE_VERSION}/{hash_of_folders(*TRAJECTORY_PROMPTS)}"


def library_versions() -> dict[str, str]:
    """Return the versions of the installed training libraries."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
