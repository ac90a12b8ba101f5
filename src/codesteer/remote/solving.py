"""Answer one question on a deployed server."""

from collections.abc import Mapping
from typing import Any

from codesteer.errors import ServerError
from codesteer.remote.server import Server
from codesteer.remote.thread import new_thread


async def solve_on_server(server: Server, question: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Run a question on a new thread and return the final state as the local graph would.

    If the caller is cancelled, so is the run.

    Args:
        server: the server.
        question: the question's text.
        context: settings that override the assistant's.

    Raises:
        ServerUnavailableError: the server stays unreachable.
        ServerError: the run failed; the message says why.
        ConfigurationError: the server requires a token, or returned values of another version.
    """
    async with new_thread(server) as thread:
        given = {"messages": [{"role": "user", "content": question}]}
        state = await thread.run(context, input=given)
    if state.next or "outcome" not in state.values:
        raise ServerError("the run ended early on the server: it was cancelled or waits for a review")
    return dict(state.values)
