"""Our model names in Inspect, and its provider for them."""

from typing import Any

from inspect_ai.model import GenerateConfig
from inspect_ai.model._providers.openai_compatible import OpenAICompatibleAPI

from codesteer.models.address import is_address, parse_model_url
from codesteer.models.endpoint import LOCAL_MAX_TOKENS, PLACEHOLDER_KEY, is_endpoint, open_endpoint
from codesteer.models.http_clients import RequestFilter
from codesteer.models.model_content import model_content

PREFIX = "codesteer/"
PROVIDERS = {"google_genai": "google", "mistralai": "mistral", "azure_openai": "openai/azure"}
"""LangChain's provider names with a different name in Inspect."""
EMBEDDED_TIMEOUT = 3600
"""Seconds for a reply of the embedded model: on a laptop, a reply among many takes long, and a request that is given up
and sent again makes the others slower still."""


class EndpointAPI(OpenAICompatibleAPI):
    """A model behind an OpenAI-compatible address; starts the embedded server if needed."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 (the signature that Inspect calls)
        **options: Any,
    ) -> None:
        self._name = model_name
        self._endpoint = endpoint = open_endpoint(model_name)
        self._embedded = endpoint.embedded
        self._key = api_key or endpoint.key()
        key = self._key or PLACEHOLDER_KEY
        if self._embedded:
            options.setdefault("client_timeout", EMBEDDED_TIMEOUT)
        # The address is part of the key in Inspect's cache. Our server's port changes between runs, and names of files
        # are not unique: its models are told apart by what their files hold.
        self._cache_key = f"sha256:{content}" if (content := model_content(model_name)) else None
        super().__init__(
            endpoint.model, base_url or endpoint.url, key, config, service="codesteer", **options
        )
        if self._embedded:
            self.base_url = self._cache_key

    def max_tokens(self) -> int | None:
        """Limit the embedded model's replies."""
        return LOCAL_MAX_TOKENS if self._embedded else None

    def max_connections(self) -> int:
        """Send the embedded model as many requests at a time as its server has slots."""
        if not self._embedded:
            return super().max_connections()
        return self._endpoint.server.slots if self._endpoint.server else 1

    def _create_client(self) -> Any:
        if not self._embedded or self.base_url != self._cache_key:
            return super()._create_client()
        self._endpoint = open_endpoint(self._name)
        self.base_url = self._endpoint.url
        try:
            return super()._create_client()
        finally:
            self.base_url = self._cache_key

    def _create_http_client(self) -> Any:
        client = super()._create_http_client()
        client.follow_redirects = False
        client.event_hooks["request"].insert(0, RequestFilter(self._endpoint.address, self._key).aapply)
        return client


def inspect_name(model: str) -> str:
    """Return Inspect's name for a model; Inspect's own ``provider/model`` names pass through.

    Raises:
        ConfigurationError: an address with credentials, or without a model name.
    """
    if is_address(model):
        parse_model_url(model)  # Inspect logs the name, so it must hold no credentials
    if is_endpoint(model):
        return PREFIX + model
    provider, separator, name = model.partition(":")
    if separator and "/" not in provider:
        return f"{PROVIDERS.get(provider, provider)}/{name}"
    return model
