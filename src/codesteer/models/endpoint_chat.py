"""The chat model behind an endpoint: LangChain's for the OpenAI API, which keeps our own server alive."""

from typing import Self

from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, model_validator

from codesteer.models.server import LocalServer


class EndpointChat(ChatOpenAI):
    """ChatOpenAI that holds the server of a model file: the server ends with the last model that asks it."""

    _server: LocalServer | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _forget_organization(self) -> Self:
        """ChatOpenAI takes OpenAI's organisation from the environment; traces would show it for any endpoint."""
        self.openai_organization = None
        return self

    @property
    def served_here(self) -> bool:
        """True where the model runs in this process, and costs nothing."""
        return self._server is not None

    @property
    def slots(self) -> int | None:
        """Requests that our own server answers at the same time; None for any other endpoint."""
        return self._server.slots if self._server else None

    def holding(self, server: LocalServer | None) -> Self:
        """Keep a server for as long as this model lives; returns the model."""
        self._server = server
        return self
