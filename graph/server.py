"""The graph as LangGraph's server loads it: callers choose within the operator's policy, and no setting is ignored.

The policy is looked at twice: here, before a run begins, and in each node, whatever way a run's context took to it.
"""

import asyncio
import difflib
from collections.abc import Mapping

from langgraph_sdk.runtime import ServerRuntime
from pydantic import ValidationError

from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.workflow import CompiledGraph, compile_graph
from codesteer.policy.admission import admit
from codesteer.policy.policy import Policy

POLICY = Policy.from_environment()
"""Read when the server starts: an operator's mistake keeps it from starting."""
_graph = compile_graph(policy=POLICY)
SERVERS_OWN = frozenset({"thread_id", "run_id", "graph_id", "assistant_id", "user_id", "cron_id"})
SERVERS_OWN_BEGINNINGS = ("__", "checkpoint_", "langgraph_", "x-")
"""What the server itself puts among the settings of a run that was asked for with ``config.configurable``."""


async def make_graph(runtime: ServerRuntime[Context]) -> CompiledGraph:
    """Return the graph under the policy, after a look at the context of the run that is to begin.

    The server drops names that are not in the context's schema before the graph sees them; a factory is shown them all.

    Raises:
        ConfigurationError: a setting is unknown, or has a value that it cannot have or that the policy forbids.
    """
    if runtime.execution_runtime is not None:
        await asyncio.to_thread(check_context, runtime.execution_runtime.context, POLICY)
    return _graph


def check_context(given: object, policy: Policy) -> None:
    """Raise ConfigurationError where a run's context, as a client sent it, names or holds something wrong."""
    if not isinstance(given, Mapping):
        return
    settings = {name: value for name, value in given.items() if not _is_servers_own(name)}
    if unknown := next((name for name in settings if name not in Context.model_fields), None):
        raise ConfigurationError(_unknown(unknown))
    try:
        context = Context(**settings)
    except ValidationError as error:
        raise ConfigurationError(f"context: {_faults(error)}") from error
    admit(policy, context)


def _is_servers_own(name: str) -> bool:
    return name in SERVERS_OWN or name.startswith(SERVERS_OWN_BEGINNINGS)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, Context.model_fields, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(Context.model_fields)}"
    return f"context: there is no setting {name!r}; {hint}"


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
