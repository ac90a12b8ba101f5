"""Reaching a deployed LangGraph server: its address, its client, and what goes wrong in one line."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesteer.errors import ConfigurationError, ServerError, ServerUnavailableError, one_line
from codesteer.graph.context import Context
from codesteer.models.address import is_address
from codesteer.models.address import read_address as address_of

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient

GRAPH = "codesteer"
"""The graph's name in our ``langgraph.json``."""
TOKEN = "CODESTEER_SERVER_TOKEN"  # noqa: S105 (a variable's name)
"""Environment variable with the token that a server of yours asks for."""
TOO_MANY_REQUESTS, SERVER_FAILURE = 429, 500
UNAUTHORIZED = (401, 403)


@dataclass(frozen=True, slots=True)
class Server:
    """Where a graph is served."""

    url: str
    graph: str = GRAPH
    """The graph's name in the server's ``langgraph.json``, or an assistant's id."""


def read_address(text: str) -> Server:
    """Read ``http(s)://host[:port][#graph]``; raises ConfigurationError if it is none, or holds credentials."""
    place, _, graph = text.partition("#")
    if not is_address(place) or place.endswith("//"):
        raise ConfigurationError(
            "this is no server's address; write http(s)://host:port, with #GRAPH if the graph has another name"
        )
    address = address_of(place, "the server's address", f"put the token into {TOKEN}")
    return Server(address.url, graph or GRAPH)


@asynccontextmanager
async def connect(server: Server) -> "AsyncIterator[LangGraphClient]":
    """Open a client; a token is taken from ``CODESTEER_SERVER_TOKEN``, LangSmith's key from its own variables.

    Raises:
        ServerError: what the server refuses within the block, ServerUnavailableError where it cannot be reached.
    """
    from langgraph_sdk import get_client

    token = os.environ.get(TOKEN)
    headers = {"Authorization": f"Bearer {token}"} if token else None
    async with get_client(url=server.url, headers=headers) as client:
        with explained(server):
            yield client


@contextmanager
def explained(server: Server) -> Iterator[None]:
    """Turn the client's exceptions into ours."""
    import httpx
    from langgraph_sdk.errors import APIStatusError

    place = f"the LangGraph server at {server.url}"
    try:
        yield
    except APIStatusError as error:
        status, reason = error.status_code, one_line(error)
        if status == TOO_MANY_REQUESTS or status >= SERVER_FAILURE:
            raise ServerUnavailableError(f"{place} is overloaded or failing ({status}): {reason}") from error
        if status in UNAUTHORIZED:
            raise ConfigurationError(f"{place} lets nobody in without a valid token; set {TOKEN}") from error
        raise ServerError(f"{place} refused a request ({status}): {reason}") from error
    except httpx.HTTPError as error:
        raise ServerUnavailableError(f"{place} cannot be reached: {one_line(error)}") from error


async def require_served(server: Server) -> None:
    """Make sure that the graph is there, in this version.

    Raises:
        ConfigurationError: the server cannot be reached, or does not have this graph, or another version of it.
    """
    try:
        async with connect(server) as client:
            found = await client.assistants.search(limit=1000)
            names = {assistant["graph_id"] for assistant in found}
            chosen = [one for one in found if server.graph in (one["graph_id"], one["assistant_id"])]
            if not chosen:
                raise ConfigurationError(
                    f"{server.url} serves no graph {server.graph!r}; it has {', '.join(sorted(names)) or 'none'}: "
                    "name one with #GRAPH behind the address"
                )
            schemas: Any = await client.assistants.get_schemas(chosen[0]["assistant_id"])
    except ServerError as error:
        raise ConfigurationError(f"{error}; correct the address, or start the server") from error
    _require_same_settings(server, (schemas.get("context_schema") or {}).get("properties", {}))


def _require_same_settings(server: Server, found: Mapping[str, Any]) -> None:
    """The settings' names and defaults, the prompts among them, tell one version of the graph from another."""
    ours = Context.model_json_schema()["properties"]
    differing = [
        name
        for name in {**ours, **found}
        if name not in ours or name not in found or ours[name].get("default") != found[name].get("default")
    ]
    if differing:
        raise ConfigurationError(
            f"the graph {server.graph!r} at {server.url} is not this version of codesteer: "
            f"they differ in {', '.join(differing)}; bring both to the same version"
        )
