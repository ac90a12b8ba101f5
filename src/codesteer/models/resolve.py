"""From a model's name to a chat model."""

from functools import lru_cache
from typing import Any

from langchain_core.language_models import BaseChatModel

from codesteer.errors import ConfigurationError, first_line
from codesteer.models.endpoint import LOCAL_REPLY_TOKENS, Endpoint, is_endpoint, open_endpoint

FORMS = "give 'local', a path to a .gguf file, 'provider:model' or 'http(s)://host/v1#model'"


@lru_cache(maxsize=32)
def resolve_model(name: str, seed: int | None = None) -> BaseChatModel:
    """Return the chat model that a name stands for.

    ``local`` is the embedded model (its server is started: this blocks for seconds), a path ending in
    ``.gguf`` any other model file, ``BASE+ADAPTER.gguf`` either of them, or another model of the store, with a
    LoRA adapter, ``http(s)://…/v1#name`` an OpenAI-compatible endpoint, everything else ``provider:model`` as in
    LangChain's ``init_chat_model``.

    Args:
        name: the model's name.
        seed: sampling seed; only OpenAI-compatible endpoints take one.

    Raises:
        ConfigurationError: unknown name or provider, missing package or key.
        ModelError: the embedded model cannot be served.
    """
    if is_endpoint(name):
        return _endpoint(open_endpoint(name), seed)
    return _provider(name, seed)


def _endpoint(endpoint: Endpoint, seed: int | None) -> BaseChatModel:
    import os

    from langchain_openai import ChatOpenAI

    options: dict[str, Any] = {"api_key": os.environ.get("OPENAI_API_KEY") or "not-needed"}
    if endpoint.embedded:
        options = {"api_key": "not-needed", "temperature": 0.0, "max_tokens": LOCAL_REPLY_TOKENS}
        seed = seed or 0
    # An idle connection belongs to one event loop: kept alive it would break the next loop's request.
    headers = {"Connection": "close"}
    return ChatOpenAI(
        base_url=endpoint.url,
        model=endpoint.model,
        stream_usage=True,
        default_headers=headers,
        seed=seed,
        **options,
    )


def _provider(name: str, seed: int | None) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    provider, separator, _ = name.partition(":")
    if not separator:
        raise ConfigurationError(f"unknown model {name!r}; {FORMS}")
    options: dict[str, Any] = {} if seed is None else {"seed": seed}
    if seed is not None and provider != "openai":
        raise ConfigurationError(f"a seed is not supported for {provider} models; leave it out")
    try:
        return init_chat_model(name, **options)  # type: ignore[no-any-return]
    except ImportError as error:
        raise ConfigurationError(f"{name}: {first_line(error)}") from error
    except Exception as error:
        # Every provider package has its own way of saying that a key or an option is wrong.
        if "infer model provider" in str(error):
            raise ConfigurationError(f"unknown model provider {provider!r}; {FORMS}") from error
        raise ConfigurationError(f"{name} cannot be set up: {first_line(error)}") from error
