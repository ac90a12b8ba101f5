"""Prompt templates: text files with ``$name`` placeholders, and a hash that says which ones a run used."""

import hashlib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

HASH_LENGTH = 12


def render(name: str, **values: object) -> str:
    """Fill a template, named by its path without ``.md``; raises KeyError for a placeholder without a value."""
    return _template(name).substitute({key: str(value) for key, value in values.items()}).strip()


@lru_cache(maxsize=1)
def prompts_hash() -> str:
    """Hash all templates, names and texts; recorded with every run."""
    digest = hashlib.sha256()
    for name, text in sorted(_texts(files("codesteer.prompts"), "")):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:HASH_LENGTH]


@lru_cache
def _template(name: str) -> Template:
    return Template(files("codesteer.prompts").joinpath(f"{name}.md").read_text(encoding="utf-8"))


def _texts(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".md"):
            found.append((prefix + entry.name, entry.read_text(encoding="utf-8")))
    return found
