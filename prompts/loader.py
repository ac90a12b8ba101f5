"""Load prompt templates, text files with ``$name`` placeholders, and hash them for the record of a run."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

HASH_LENGTH = 12
_overrides: ContextVar[Mapping[str, str] | None] = ContextVar("codesteer_prompts", default=None)


@contextmanager
def prompt_overrides(texts: Mapping[str, str]) -> Iterator[None]:
    """Make ``render`` use other texts instead of templates, in this block and in the tasks that it starts.

    Args:
        texts: the replacements, by template name.
    """
    token = _overrides.set(texts)
    try:
        yield
    finally:
        _overrides.reset(token)


def render(name: str, /, **values: object) -> str:
    """Fill the template with this name, its path without ``.md``; raises KeyError if a value is missing."""
    texts = _overrides.get() or {}
    return fill(texts[name] if name in texts else template(name), **values)


def fill(text: str, /, **values: object) -> str:
    """Fill the placeholders of a text; raises KeyError if a value is missing."""
    return Template(text).substitute({key: str(value) for key, value in values.items()}).strip()


def template(name: str) -> str:
    """Return a packaged template, its placeholders unfilled; raises KeyError for an unknown name."""
    return _TEMPLATES[f"{name}.md"].strip()


def template_names() -> list[str]:
    """Return the names of all packaged templates, sorted."""
    return sorted(name.removesuffix(".md") for name in _TEMPLATES)


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of a template's placeholders, in order."""
    return tuple(Template(text).get_identifiers())


def placeholder_error(text: str, allowed: tuple[str, ...]) -> str:
    """Return what is wrong with a template's placeholders, or its text; empty if it is valid."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half of a surrogate pair, which no model can read"
    if not Template(text).is_valid():
        return "invalid placeholder: write $$ for a dollar sign"
    if unknown := set(Template(text).get_identifiers()) - set(allowed):
        known = ", ".join(f"${name}" for name in allowed) or "none"
        return f"there is no placeholder ${min(unknown)} (known here: {known})"
    return ""


def prompts_hash(changed: Mapping[str, str] | None = None) -> str:
    """Hash the names and texts of all templates, for the record of a run.

    Args:
        changed: the run's replacements, by template name.
    """
    return _hash(tuple(sorted((changed or {}).items())))


def hash_of_folders(*folders: str) -> str:
    """Hash the templates in some folders only, for what depends on no others."""
    return _digest({name: text for name, text in _TEMPLATES.items() if name.partition("/")[0] in folders})


@lru_cache
def _hash(changed: tuple[tuple[str, str], ...]) -> str:
    return _digest(
        _TEMPLATES | {f"{name}.md": text for name, text in changed if text.strip() != template(name)}
    )


def _digest(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:HASH_LENGTH]


def _read_templates(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    templates = []
    for entry in folder.iterdir():
        if entry.is_dir():
            templates += _read_templates(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".md"):
            templates.append((prefix + entry.name, entry.read_text(encoding="utf-8")))
    return templates


# Read on import: reading in a node would block the event loop.
_TEMPLATES = dict(_read_templates(files("codesteer.prompts"), ""))
