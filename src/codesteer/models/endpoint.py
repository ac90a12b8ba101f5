"""Models that we reach at an OpenAI-compatible endpoint: the embedded one, any model file, any address."""

import os
from dataclasses import dataclass

from codesteer.files import user_path
from codesteer.models.address import Address, is_address, read_address, read_name
from codesteer.models.keys import endpoint_key
from codesteer.models.server import LocalServer, serve_local
from codesteer.models.store import EMBEDDED, MODEL_FILES, ModelStore
from codesteer.settings import Settings

LOCAL_REPLY_TOKENS = 1024
"""A reply of the embedded model ends here: a small model that writes more is going round in circles."""
LAID_OVER = "+"
"""Stands between a base and the adapter that is laid over it: ``local+guide/adapter.gguf``."""
NO_KEY = "not-needed"
"""Stands in a request's place for a key where an endpoint has none."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers, and under which name."""

    address: Address
    model: str
    server: LocalServer | None = None
    """Our own server of a model file: it ends when nobody holds this any more."""
    embedded: bool = False
    """The embedded model or a model file: greedy, with a bound on replies."""

    @property
    def url(self) -> str:
        """The address as text."""
        return self.address.url

    def key(self) -> str | None:
        """Return the key that was configured for this endpoint; raises ConfigurationError as ``endpoint_key`` does."""
        return None if self.server is not None else endpoint_key(self.address)


def is_endpoint(name: str) -> bool:
    """True for the names that ``open_endpoint`` takes: ``local``, ``….gguf`` and ``http(s)://…#model``."""
    return name == "local" or name.endswith(".gguf") or is_address(name)


def in_memory(name: str) -> bool:
    """True for models that this process itself loads."""
    return name == "local" or (name.endswith(".gguf") and not is_address(name))


def open_endpoint(name: str) -> Endpoint:
    """Return a model's endpoint; for ``local`` and model files the server is started, which blocks for seconds.

    Raises:
        ConfigurationError: an address without a model's name or with credentials, or no such model file.
        ModelError: the embedded model cannot be served.
    """
    return Endpoint(*read_name(name)) if is_address(name) else _served(name)


def _served(name: str) -> Endpoint:
    settings = Settings.from_environment()
    if name == "local" and settings.local_url:
        address = read_address(settings.local_url, "CODESTEER_LOCAL_URL")
        return Endpoint(address, EMBEDDED.name, embedded=True)
    base, adapter = split_adapter(name)
    files = {"local": EMBEDDED, **MODEL_FILES}
    path = ModelStore(settings.model_dir).require(files[base]) if base in files else user_path(base)
    over = user_path(adapter) if adapter else None
    model = EMBEDDED.name if name == "local" else path.stem
    server = serve_local(path, settings.threads, over)
    return Endpoint(read_address(server.url, "the server's address"), model, server, embedded=True)


def split_adapter(name: str) -> tuple[str, str]:
    """Divide a name into its base and the adapter laid over it; the adapter is empty where there is none."""
    base, plus, adapter = name.rpartition(LAID_OVER)
    if not plus or os.path.isfile(user_path(name)):
        return name, ""
    return base, adapter
