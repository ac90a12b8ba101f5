"""One question to a deployed server."""

from collections.abc import Mapping
from typing import Any

from codesteer.errors import ServerError
from codesteer.remote.server import Server
from codesteer.remote.thread import new_thread


async def solve(server: Server, question: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Ask, on a thread of its own, and return the run's final state as the local graph would have it.

    A caller that is cancelled takes its run with it.

    Args:
        server: where the graph is served.
        question: the question's text.
        context: settings that are not to be the assistant's own.

    Raises:
        ServerUnavailableError: the server stays away.
        ServerError: the run failed; says why.
        ConfigurationError: the server wants a token, or its values are those of another version.
    """
    async with new_thread(server) as thread:
        given = {"messages": [{"role": "user", "content": question}]}
        standing = await thread.run(context, input=given)
    if standing.next or "outcome" not in standing.values:
        raise ServerError("the run ended early on the server: it was cancelled, or waits for a person")
    return dict(standing.values)
