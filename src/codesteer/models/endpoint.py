"""Models behind an OpenAI-compatible endpoint: the embedded model, model files, and any address."""

import os
from dataclasses import dataclass
from pathlib import Path

from codesteer.files import user_path
from codesteer.models.address import Address, is_address, parse_address, parse_model_url
from codesteer.models.keys import endpoint_key
from codesteer.models.server import LocalServer, serve_local
from codesteer.models.store import EMBEDDED, MODEL_FILES, ModelStore
from codesteer.settings import Settings

LOCAL_MAX_TOKENS = 1024
"""Maximum tokens in a reply of the embedded model: longer replies of a small model only repeat themselves."""
ADAPTER_SEPARATOR = "+"
"""Separates a base model from its LoRA adapter: ``local+guide/adapter.gguf``."""
PLACEHOLDER_KEY = "not-needed"
"""Sent as the key to endpoints without one, because clients require a value."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of a model, and its name there."""

    address: Address
    model: str
    server: LocalServer | None = None
    """Our own server for a model file; it stops when it is no longer referenced."""
    embedded: bool = False
    """The embedded model or a model file: temperature 0, and replies of limited length."""

    @property
    def url(self) -> str:
        """The address as a URL."""
        return self.address.url

    def key(self) -> str | None:
        """Return the key configured for this endpoint; raise ConfigurationError as ``endpoint_key`` does."""
        return None if self.server is not None else endpoint_key(self.address)


@dataclass(frozen=True, slots=True)
class ModelPaths:
    """The files of a model that this process loads."""

    base: Path
    adapter: Path | None
    known: str = ""
    """The name of the base model in the store; empty for a file of the user's."""


def is_endpoint(name: str) -> bool:
    """Return whether ``open_endpoint`` accepts a name: ``local``, ``….gguf`` or ``http(s)://…#model``."""
    return name == "local" or name.endswith(".gguf") or is_address(name)


def is_loaded_in_process(name: str) -> bool:
    """Return whether this process loads the model itself."""
    return name == "local" or (name.endswith(".gguf") and not is_address(name))


def open_endpoint(name: str) -> Endpoint:
    """Return a model's endpoint; for ``local`` and model files start a server, which blocks for seconds.

    Raises:
        ConfigurationError: the address lacks a model's name or contains credentials, or the model file is missing.
        ModelError: the model file cannot be served.
    """
    return Endpoint(*parse_model_url(name)) if is_address(name) else _serve(name)


def _serve(name: str) -> Endpoint:
    settings = Settings.from_environment()
    if name == "local" and settings.local_url:
        address = parse_address(settings.local_url, "CODESTEER_LOCAL_URL")
        return Endpoint(address, EMBEDDED.name, embedded=True)
    paths = model_paths(name)
    model = EMBEDDED.name if name == "local" else paths.base.stem
    server = serve_local(paths.base, settings.threads, paths.adapter)
    return Endpoint(parse_address(server.url, "the server's address"), model, server, embedded=True)


def model_paths(name: str) -> ModelPaths:
    """Return the files of ``local`` or a model file.

    Raises:
        ModelFileError: a file of the store is missing or corrupt.
    """
    base, adapter = split_adapter(name)
    adapter_path = user_path(adapter) if adapter else None
    files = {"local": EMBEDDED, **MODEL_FILES}
    if base not in files:
        return ModelPaths(user_path(base), adapter_path)
    store = ModelStore(Settings.from_environment().model_dir)
    return ModelPaths(store.require(files[base]), adapter_path, files[base].name)


def split_adapter(name: str) -> tuple[str, str]:
    """Split a name into base model and adapter; the adapter is empty if there is none."""
    base, separator, adapter = name.rpartition(ADAPTER_SEPARATOR)
    if not separator or os.path.isfile(user_path(name)):
        return name, ""
    return base, adapter
