"""Prompt templates: text files with ``$name`` placeholders, and a hash that says which ones a run used."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

HASH_LENGTH = 12
_replaced: ContextVar[Mapping[str, str] | None] = ContextVar("codesteer_prompts", default=None)


@contextmanager
def replaced_prompts(texts: Mapping[str, str]) -> Iterator[None]:
    """Have ``render`` fill other texts in place of templates, in this block and in the tasks that it starts.

    Args:
        texts: the texts, by the names of the templates that they replace.
    """
    token = _replaced.set(texts)
    try:
        yield
    finally:
        _replaced.reset(token)


def render(name: str, /, **values: object) -> str:
    """Fill a template, named by its path without ``.md``; raises KeyError for a placeholder without a value."""
    texts = _replaced.get() or {}
    return fill(texts[name] if name in texts else template(name), **values)


def fill(text: str, /, **values: object) -> str:
    """Fill a template's text; raises KeyError for a placeholder without a value."""
    return Template(text).substitute({key: str(value) for key, value in values.items()}).strip()


def template(name: str) -> str:
    """Return a packaged template, its placeholders unfilled; raises KeyError if there is none of this name."""
    return _TEMPLATES[f"{name}.md"].strip()


def template_names() -> list[str]:
    """Return the names of all packaged templates, sorted."""
    return sorted(name.removesuffix(".md") for name in _TEMPLATES)


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of a template's placeholders, in order."""
    return tuple(Template(text).get_identifiers())


def placeholder_fault(text: str, allowed: tuple[str, ...]) -> str:
    """Say what is wrong with a template's placeholders; empty if nothing is."""
    if not Template(text).is_valid():
        return "a $ begins a placeholder: write $$ for a dollar sign"
    if unknown := set(Template(text).get_identifiers()) - set(allowed):
        known = ", ".join(f"${name}" for name in allowed) or "none"
        return f"there is no placeholder ${min(unknown)} (known here: {known})"
    return ""


def prompts_hash(changed: Mapping[str, str] | None = None) -> str:
    """Hash all templates, names and texts; recorded with every run.

    Args:
        changed: texts that the run has in place of templates, by the templates' names.
    """
    return _hash(tuple(sorted((changed or {}).items())))


@lru_cache
def _hash(changed: tuple[tuple[str, str], ...]) -> str:
    texts = _TEMPLATES | {f"{name}.md": text for name, text in changed if text.strip() != template(name)}
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:HASH_LENGTH]


def _texts(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".md"):
            found.append((prefix + entry.name, entry.read_text(encoding="utf-8")))
    return found


# Read on importing: in a node it would block the event loop.
_TEMPLATES = dict(_texts(files("codesteer.prompts"), ""))
