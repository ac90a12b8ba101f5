"""The graph for LangGraph's server: it enforces the operator's policy and rejects unknown settings.

The policy is checked twice: here, before a run begins, and in each node, however the run's context got there.
"""

import asyncio
import difflib
from collections.abc import Mapping

from langgraph_sdk.runtime import ServerRuntime
from pydantic import ValidationError

from codesteer.errors import ConfigurationError
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context, setting_errors
from codesteer.graph.workflow import compile_graph
from codesteer.policy.admission import admit
from codesteer.policy.policy import Policy

__all__ = ["make_graph"]

POLICY = Policy.from_environment()
"""Read when the server starts, so that an invalid policy keeps it from starting."""
_graph = compile_graph(policy=POLICY)
SERVER_KEYS = frozenset({"thread_id", "run_id", "graph_id", "assistant_id", "user_id", "cron_id"})
SERVER_KEY_PREFIXES = ("__", "checkpoint_", "langgraph_", "x-")
"""Keys that the server adds to the settings of a run started with ``config.configurable``."""


async def make_graph(runtime: ServerRuntime[Context]) -> CompiledGraph:
    """Return the graph with the policy, after checking the run's context.

    The server drops unknown settings before they reach the graph; only a factory sees them all.

    Raises:
        ConfigurationError: a setting is unknown, invalid or forbidden by the policy.
    """
    if runtime.execution_runtime is not None:
        await asyncio.to_thread(check_context, runtime.execution_runtime.context, POLICY)
    return _graph


def check_context(context: object, policy: Policy) -> None:
    """Raise ConfigurationError if a client's context contains an unknown, invalid or forbidden setting."""
    if not isinstance(context, Mapping):
        return
    settings = {name: value for name, value in context.items() if not _is_server_key(name)}
    if unknown := next((name for name in settings if name not in Context.model_fields), None):
        raise ConfigurationError(_unknown_setting(unknown))
    try:
        parsed = Context(**settings)
    except ValidationError as error:
        raise ConfigurationError(f"context: {setting_errors(error)}") from error
    admit(policy, parsed)


def _is_server_key(name: str) -> bool:
    return name in SERVER_KEYS or name.startswith(SERVER_KEY_PREFIXES)


def _unknown_setting(name: str) -> str:
    similar = difflib.get_close_matches(name, Context.model_fields, n=1)
    hint = f"did you mean {similar[0]!r}?" if similar else f"choose one of {', '.join(Context.model_fields)}"
    return f"context: there is no setting {name!r}; {hint}"
