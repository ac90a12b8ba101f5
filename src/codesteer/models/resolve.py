"""Create the chat model for a name."""

import os
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from codesteer.errors import ConfigurationError, first_line
from codesteer.models.address import parse_address
from codesteer.models.cache import LRUCache
from codesteer.models.endpoint import (
    LOCAL_MAX_TOKENS,
    PLACEHOLDER_KEY,
    is_endpoint,
    is_loaded_in_process,
    open_endpoint,
)
from codesteer.models.fingerprint import environment_fingerprint
from codesteer.models.http_clients import RequestFilter
from codesteer.settings import Settings

NAME_HINT = "'local', a path to a .gguf file, 'provider:model' or 'http(s)://host/v1#model'"
MAX_REMOTE_MODELS, MAX_LOADED_MODELS = 32, 2
"""Sizes of the caches of models behind remote endpoints, and of models loaded into memory."""
_remote_models: LRUCache[BaseChatModel] = LRUCache(MAX_REMOTE_MODELS)
_loaded_models: LRUCache[BaseChatModel] = LRUCache(MAX_LOADED_MODELS, collect_garbage=True)


def resolve_model(name: str, seed: int | None = None, *, public_only: bool = False) -> BaseChatModel:
    """Return the chat model for a name; recently used models are cached.

    Names are ``local`` for the embedded model, a path ending in ``.gguf`` for another model file,
    ``BASE+ADAPTER.gguf`` for ``local``, a model file or a model of the store with a LoRA adapter,
    ``http(s)://…/v1#name`` for an OpenAI-compatible endpoint, and ``provider:model`` as in LangChain's
    ``init_chat_model``. For model files a server is started, which blocks for seconds. An endpoint gets only the key
    configured for it.

    Args:
        name: the model's name.
        seed: sampling seed, for OpenAI-compatible endpoints only.
        public_only: refuse ``http(s)://`` endpoints that are not on the public internet.

    Raises:
        ConfigurationError: unknown name or provider, missing package or key, or credentials in an address.
        ModelError: the model file cannot be served.
    """
    if is_loaded_in_process(name):
        settings = Settings.from_environment()
        location = settings.model_dir, settings.local_url, settings.threads
        return _loaded_models.get((name, seed, location), lambda: _endpoint(name, seed, public_only=False))
    key = name, seed, public_only, environment_fingerprint()
    return _remote_models.get(key, lambda: _make(name, seed, public_only))


def clear_model_caches() -> None:
    """Remove all models from the caches; models in use live on."""
    _remote_models.clear()
    _loaded_models.clear()


def _make(name: str, seed: int | None, public_only: bool) -> BaseChatModel:
    return _endpoint(name, seed, public_only=public_only) if is_endpoint(name) else _provider(name, seed)


def _endpoint(name: str, seed: int | None, *, public_only: bool) -> BaseChatModel:
    from codesteer.models.endpoint_chat import EndpointChat

    endpoint = open_endpoint(name)
    options: dict[str, Any] = {}
    if endpoint.embedded:
        options = {"temperature": 0.0, "max_tokens": LOCAL_MAX_TOKENS}
        seed = seed or 0
    key = endpoint.key()
    chat = EndpointChat(
        base_url=endpoint.url,
        model=endpoint.model,
        api_key=SecretStr(key or PLACEHOLDER_KEY),
        openai_proxy=None,
        http_socket_options=(),
        stream_usage=True,
        seed=seed,
        **RequestFilter(endpoint.address, key, public_only).clients(),
        **options,
    )
    return chat.with_server(endpoint.server)


def _provider(name: str, seed: int | None) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    provider, separator, model = name.partition(":")
    if not separator:
        raise ConfigurationError(f"unknown model {name!r}; give {NAME_HINT}")
    options: dict[str, Any] = {} if seed is None else {"seed": seed}
    if seed is not None and provider != "openai":
        raise ConfigurationError(f"{provider} models do not support a seed; remove it")
    if provider == "openai" and (base := os.environ.get("OPENAI_BASE_URL")):
        parse_address(base, "OPENAI_BASE_URL")  # traces would show credentials in it
    try:
        # Pass the provider separately: if it is unknown, LangChain would guess one from the model's name.
        return init_chat_model(model, model_provider=provider, **options)  # type: ignore[no-any-return]
    except ImportError as error:
        raise ConfigurationError(f"{name}: {first_line(error)}") from error
    except Exception as error:
        # Every provider's package raises its own exceptions for an invalid key or option.
        if first_line(error).startswith("Unsupported provider"):
            raise ConfigurationError(f"unknown model provider {provider!r}; give {NAME_HINT}") from error
        raise ConfigurationError(f"cannot set up {name}: {first_line(error)}") from error
