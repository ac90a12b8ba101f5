"""The chat model for an endpoint: LangChain's ChatOpenAI, which also keeps our own server alive."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, model_validator

from codesteer.models.server import LocalServer
from codesteer.models.stream_usage import StreamedUsage


class EndpointChat(ChatOpenAI):
    """ChatOpenAI with a reference to the server of a model file, which stops with its last client."""

    _server: LocalServer | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _clear_organization(self) -> Self:
        """Clear the organisation: ChatOpenAI reads it from the environment, and traces show it for any endpoint."""
        self.openai_organization = None
        return self

    @property
    def runs_in_process(self) -> bool:
        """Whether the model runs in this process, and costs nothing."""
        return self._server is not None

    @property
    def slots(self) -> int | None:
        """Number of requests that our own server processes concurrently; None for other endpoints."""
        return self._server.slots if self._server else None

    def with_server(self, server: LocalServer | None) -> Self:
        """Keep a server alive as long as this model; return the model."""
        self._server = server
        return self

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        usage = StreamedUsage()
        for chunk in super()._stream(*args, **kwargs):
            yield usage.without_known(chunk)

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        usage = StreamedUsage()
        async for chunk in super()._astream(*args, **kwargs):
            yield usage.without_known(chunk)
