"""From a model's name to a chat model."""

import os
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from codesteer.errors import ConfigurationError, first_line
from codesteer.models.address import read_address
from codesteer.models.endpoint import LOCAL_REPLY_TOKENS, NO_KEY, in_memory, is_endpoint, open_endpoint
from codesteer.models.fingerprint import environment_fingerprint
from codesteer.models.guarded import Guard
from codesteer.models.kept import Kept
from codesteer.settings import Settings

FORMS = "give 'local', a path to a .gguf file, 'provider:model' or 'http(s)://host/v1#model'"
SELDOM_MORE, SELDOM_MORE_LOADED = 32, 2
"""Models kept at a time: reached somewhere else, and loaded into this process's memory."""
_reached: Kept[BaseChatModel] = Kept(SELDOM_MORE)
_loaded: Kept[BaseChatModel] = Kept(SELDOM_MORE_LOADED, heavy=True)


def resolve_model(name: str, seed: int | None = None, *, public_only: bool = False) -> BaseChatModel:
    """Return the chat model that a name stands for; the models used last are kept.

    ``local`` is the embedded model (its server is started: this blocks for seconds), a path ending in
    ``.gguf`` any other model file, ``BASE+ADAPTER.gguf`` either of them, or another model of the store, with a
    LoRA adapter, ``http(s)://…/v1#name`` an OpenAI-compatible endpoint, everything else ``provider:model`` as in
    LangChain's ``init_chat_model``. An endpoint gets no key but the one that was configured for it.

    Args:
        name: the model's name.
        seed: sampling seed; only OpenAI-compatible endpoints take one.
        public_only: connect to an ``http(s)://`` endpoint only where it is on the public internet.

    Raises:
        ConfigurationError: unknown name or provider, missing package or key, credentials in an address.
        ModelError: the embedded model cannot be served.
    """
    if in_memory(name):
        settings = Settings.from_environment()
        place = settings.model_dir, settings.local_url, settings.threads
        return _loaded.get((name, seed, place), lambda: _endpoint(name, seed, public_only=False))
    key = name, seed, public_only, environment_fingerprint()
    return _reached.get(key, lambda: _make(name, seed, public_only))


def forget_models() -> None:
    """Drop all models that are kept; those in use live on."""
    _reached.clear()
    _loaded.clear()


def _make(name: str, seed: int | None, public_only: bool) -> BaseChatModel:
    return _endpoint(name, seed, public_only=public_only) if is_endpoint(name) else _provider(name, seed)


def _endpoint(name: str, seed: int | None, *, public_only: bool) -> BaseChatModel:
    from codesteer.models.endpoint_chat import EndpointChat

    endpoint = open_endpoint(name)
    options: dict[str, Any] = {}
    if endpoint.embedded:
        options = {"temperature": 0.0, "max_tokens": LOCAL_REPLY_TOKENS}
        seed = seed or 0
    key = endpoint.key()
    chat = EndpointChat(
        base_url=endpoint.url,
        model=endpoint.model,
        api_key=SecretStr(key or NO_KEY),
        openai_proxy=None,
        http_socket_options=(),
        stream_usage=True,
        seed=seed,
        **Guard(endpoint.address, key, public_only).clients(),
        **options,
    )
    return chat.holding(endpoint.server)


def _provider(name: str, seed: int | None) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    provider, separator, model = name.partition(":")
    if not separator:
        raise ConfigurationError(f"unknown model {name!r}; {FORMS}")
    options: dict[str, Any] = {} if seed is None else {"seed": seed}
    if seed is not None and provider != "openai":
        raise ConfigurationError(f"a seed is not supported for {provider} models; leave it out")
    if provider == "openai" and (base := os.environ.get("OPENAI_BASE_URL")):
        read_address(base, "OPENAI_BASE_URL")  # a trace would show credentials in it
    try:
        # The provider is given apart: LangChain would guess one that it does not know from the model's name.
        return init_chat_model(model, model_provider=provider, **options)  # type: ignore[no-any-return]
    except ImportError as error:
        raise ConfigurationError(f"{name}: {first_line(error)}") from error
    except Exception as error:
        # Every provider package has its own way of saying that a key or an option is wrong.
        if first_line(error).startswith("Unsupported provider"):
            raise ConfigurationError(f"unknown model provider {provider!r}; {FORMS}") from error
        raise ConfigurationError(f"{name} cannot be set up: {first_line(error)}") from error
