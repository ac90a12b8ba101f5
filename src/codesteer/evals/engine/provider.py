"""Our own model names inside Inspect, and Inspect's models as chat models of our graphs."""

import os
from typing import Any

from inspect_ai.model import GenerateConfig
from inspect_ai.model._providers.openai_compatible import OpenAICompatibleAPI
from langchain_core.language_models import BaseChatModel

from codesteer.models.endpoint import LOCAL_REPLY_TOKENS, is_endpoint, open_endpoint

PREFIX = "codesteer/"
PROVIDERS = {"google_genai": "google", "mistralai": "mistral", "azure_openai": "openai/azure"}
"""LangChain's provider names that Inspect calls differently."""


class EndpointAPI(OpenAICompatibleAPI):
    """A model of ours behind an OpenAI-compatible address; starts the embedded server where that is asked for."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 (the signature that Inspect calls)
        **options: Any,
    ) -> None:
        endpoint = open_endpoint(model_name)
        self._name, self._embedded = model_name, endpoint.embedded
        key = api_key or os.environ.get("OPENAI_API_KEY") or "not-needed"
        super().__init__(
            endpoint.model, base_url or endpoint.url, key, config, service="codesteer", **options
        )
        if self._embedded:
            # The server's port changes from run to run; Inspect's cache must not take it for another model.
            self.base_url = None

    def max_tokens(self) -> int | None:
        """The embedded model's replies are bounded."""
        return LOCAL_REPLY_TOKENS if self._embedded else None

    def max_connections(self) -> int:
        """The embedded model answers one question at a time."""
        return 1 if self._embedded else super().max_connections()

    def _create_client(self) -> Any:
        if self.base_url is None:
            self.base_url = open_endpoint(self._name).url
        return super()._create_client()


def inspect_name(model: str) -> str:
    """Return the name under which Inspect knows a model of ours; Inspect's own ``provider/model`` passes through."""
    if is_endpoint(model):
        return PREFIX + model
    provider, separator, name = model.partition(":")
    if separator and "/" not in provider:
        return f"{PROVIDERS.get(provider, provider)}/{name}"
    return model


def bridged_model(model: str | None = None, temperature: float | None = None) -> BaseChatModel:
    """Return a chat model whose requests Inspect answers; usable inside an ``agent_bridge`` only.

    Args:
        model: a model's name; None for the one under evaluation.
        temperature: of every request that sets no other one; one that the evaluation sets wins over both.
    """
    from langchain_openai import ChatOpenAI

    name = "inspect" if model is None else f"inspect/{inspect_name(model)}"
    return ChatOpenAI(model=name, temperature=temperature, seed=0, api_key="not-needed", max_retries=0)  # type: ignore[arg-type]
