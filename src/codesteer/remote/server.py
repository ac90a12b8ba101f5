"""Connect to a deployed LangGraph server: address, client, and readable errors."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesteer.errors import ConfigurationError, ServerError, ServerUnavailableError, one_line
from codesteer.graph.context import Context
from codesteer.models.address import is_address
from codesteer.models.address import parse_address as address_of

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient

DEFAULT_GRAPH = "codesteer"
"""The graph's name in our ``langgraph.json``."""
TOKEN_VARIABLE = "CODESTEER_SERVER_TOKEN"  # noqa: S105 (a variable's name)
"""Environment variable with the token for a server."""
TOO_MANY_REQUESTS, SERVER_FAILURE = 429, 500
UNAUTHORIZED = (401, 403)
FOREIGN_ANSWERS = (LookupError, TypeError, AttributeError, ValueError)
"""What comes of reading the answers of a server that is no LangGraph server."""
FOREIGN_ANSWER = "{} answers with something else than a LangGraph server does"


@dataclass(frozen=True, slots=True)
class Server:
    """The address of a served graph."""

    url: str
    graph: str = DEFAULT_GRAPH
    """The graph's name in the server's ``langgraph.json``, or an assistant id."""


def parse_server_address(text: str) -> Server:
    """Parse ``http(s)://host[:port][#graph]``; raise ConfigurationError if invalid or with credentials."""
    place, _, graph = text.partition("#")
    if not is_address(place) or place.endswith("//"):
        raise ConfigurationError(
            "this is not a server address; write http(s)://host:port, with #GRAPH if the graph has another name"
        )
    address = address_of(place, "the server's address", f"put the token into {TOKEN_VARIABLE}")
    return Server(address.url, graph or DEFAULT_GRAPH)


@asynccontextmanager
async def connect(server: Server) -> "AsyncIterator[LangGraphClient]":
    """Open a client; the token comes from ``CODESTEER_SERVER_TOKEN``, LangSmith's key from its own variables.

    Raises:
        ServerError: the server refused a request in the block; ServerUnavailableError if it is unreachable.
    """
    from langgraph_sdk import get_client

    token = os.environ.get(TOKEN_VARIABLE)
    headers = {"Authorization": f"Bearer {token}"} if token else None
    async with get_client(url=server.url, headers=headers) as client:
        with translated_errors(server):
            yield client


@contextmanager
def translated_errors(server: Server) -> Iterator[None]:
    """Translate the client's exceptions into ours."""
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
            raise ConfigurationError(f"{place} requires a valid token; set {TOKEN_VARIABLE}") from error
        raise ServerError(f"{place} refused a request ({status}): {reason}") from error
    except httpx.HTTPError as error:
        raise ServerUnavailableError(f"{place} cannot be reached: {one_line(error)}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ServerError(FOREIGN_ANSWER.format(server.url)) from error


@contextmanager
def expected_answers(server: Server) -> Iterator[None]:
    """Raise ServerError where the block finds something else in an answer than LangGraph's server writes there."""
    try:
        yield
    except FOREIGN_ANSWERS as error:
        raise ServerError(FOREIGN_ANSWER.format(server.url)) from error


async def require_graph(server: Server) -> None:
    """Check that the server serves this version of the graph.

    Raises:
        ConfigurationError: the server is unreachable, or lacks the graph or has another version of it.
    """
    try:
        async with connect(server) as client:
            settings = await _settings_of_graph(server, client)
    except ServerError as error:
        raise ConfigurationError(f"{error}; correct the address, or start the server") from error
    _require_same_settings(server, settings)


async def _settings_of_graph(server: Server, client: "LangGraphClient") -> Mapping[str, Any]:
    """Return the schema of each setting; raise ConfigurationError if the server lacks the graph."""
    with expected_answers(server):
        found = await client.assistants.search(limit=1000)
        names = {assistant["graph_id"] for assistant in found}
        chosen = [one for one in found if server.graph in (one["graph_id"], one["assistant_id"])]
        if not chosen:
            raise ConfigurationError(
                f"{server.url} has no graph {server.graph!r} (available: {', '.join(sorted(names)) or 'none'}); "
                "append #GRAPH to the address"
            )
        schemas: Any = await client.assistants.get_schemas(chosen[0]["assistant_id"])
        return dict((schemas.get("context_schema") or {}).get("properties", {}))


def _require_same_settings(server: Server, found: Mapping[str, Any]) -> None:
    """Compare names and defaults of all settings, prompts included, to detect another version."""
    ours = Context.model_json_schema()["properties"]
    differing = [
        name
        for name in {**ours, **found}
        if name not in ours or name not in found or ours[name].get("default") != found[name].get("default")
    ]
    if differing:
        raise ConfigurationError(
            f"the graph {server.graph!r} at {server.url} has another version of codesteer: "
            f"they differ in {', '.join(differing)}; install the same version on both"
        )
