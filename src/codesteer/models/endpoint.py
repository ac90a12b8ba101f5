"""Models that we reach at an OpenAI-compatible endpoint: the embedded one, any model file, any address."""

from dataclasses import dataclass
from pathlib import Path

from codesteer.errors import ConfigurationError
from codesteer.models.server import serve_local
from codesteer.models.store import EMBEDDED, MODEL_FILES, ModelStore
from codesteer.settings import Settings

LOCAL_REPLY_TOKENS = 1024
"""A reply of the embedded model ends here: a small model that writes more is going round in circles."""
LAID_OVER = "+"
"""Stands between a base and the adapter that is laid over it: ``local+guide/adapter.gguf``."""
ADDRESS = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers, and under which name."""

    url: str
    model: str
    embedded: bool
    """The embedded model or a model file: greedy, with a bound on replies."""


def is_endpoint(name: str) -> bool:
    """True for the names that ``open_endpoint`` takes: ``local``, ``….gguf`` and ``http(s)://…#model``."""
    return name == "local" or name.endswith(".gguf") or name.startswith(ADDRESS)


def open_endpoint(name: str) -> Endpoint:
    """Return a model's endpoint; for ``local`` and model files the server is started, which blocks for seconds.

    Raises:
        ConfigurationError: an address without a model's name, or no such model file.
        ModelError: the embedded model cannot be served.
    """
    if name.startswith(ADDRESS):
        url, _, model = name.partition("#")
        if not model:
            raise ConfigurationError(f"{name} names no model; write it behind a #: {name}#model")
        return Endpoint(url, model, embedded=False)
    return _served(name)


def _served(name: str) -> Endpoint:
    settings = Settings.from_environment()
    if name == "local" and settings.local_url:
        return Endpoint(settings.local_url, EMBEDDED.name, embedded=True)
    base, plus, adapter = name.rpartition(LAID_OVER)
    if not plus or Path(name).expanduser().is_file():
        base, adapter = name, ""
    files = {"local": EMBEDDED, **MODEL_FILES}
    path = ModelStore(settings.model_dir).require(files[base]) if base in files else Path(base).expanduser()
    over = Path(adapter).expanduser() if adapter else None
    model = EMBEDDED.name if name == "local" else path.stem
    return Endpoint(serve_local(path, settings.threads, over).url, model, embedded=True)
