"""Steering on a deployed server as an Inspect solver: the server's queue, workers and models do the work."""

from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolChoice, ToolInfo

from codesteer.errors import CodeSteerError, ConfigurationError, ServerError, UnsupportedError
from codesteer.evals.engine.solver import CONTEXT_OVERFLOW, RUN_FAILED, is_incomplete, write_result
from codesteer.evals.methods.names import uses_experience
from codesteer.evals.methods.registry import Method, load_method
from codesteer.graph.context import Context
from codesteer.models.usage import total
from codesteer.prompts.loader import prompts_hash
from codesteer.remote.server import parse_server_address
from codesteer.remote.solving import solve_on_server

PROVIDER = "served"
"""Inspect's provider name for models of a server: ``served/openai:gpt-4o``."""
OVERFLOW_MESSAGES = ("context_length_exceeded", "maximum context length")
"""Error messages of endpoints for a request that exceeds the context."""


class ServedAPI(ModelAPI):
    """The name of a model that only the server can call."""

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 (the signature that Inspect calls)
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Raise UnsupportedError."""
        raise UnsupportedError(
            f"{PROVIDER}/{self.model_name} is only available on a LangGraph server; set graph_url"
        )


@solver
def answer_on_server(graph_url: str, method: str = "steer:rules", **settings: Any) -> Solver:
    """Answer each sample with a run on a deployed server.

    Args:
        graph_url: the server's address, ``http(s)://host:port[#graph]``.
        method: a steering method.
        settings: additional fields of the run's context.
    """
    server, chosen = parse_server_address(graph_url), load_steering_method(method)
    context = Context(guide=chosen.guide or "", **{**settings, **chosen.settings})

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate
        if state.model.api != PROVIDER:
            raise ConfigurationError(
                f"a server uses its own models; set --model {PROVIDER}/NAME, not {state.model}"
            )
        # Defaults are sent too, so that an assistant's own settings on the server cannot change the method.
        sent = context.model_copy(update={"task_model": state.model.name}).model_dump(mode="json")
        try:
            final = await solve_on_server(server, state.input_text, sent)
        except ServerError as error:
            if not _is_overflow(str(error)):
                raise
            final = {"outcome": CONTEXT_OVERFLOW}
        if final["outcome"] == "failed":
            if not _is_overflow(final["failure"]):
                raise CodeSteerError(f"{RUN_FAILED} ({final['failure']})")
            final["outcome"] = CONTEXT_OVERFLOW
        elif is_incomplete(final):
            raise CodeSteerError(RUN_FAILED)
        _require_same_prompts(final)
        return write_result(state, final, total(final.get("usage", {})).seconds)

    return solve


def load_steering_method(name: str) -> Method:
    """Return a steering method; raise ConfigurationError for others, whose graphs no server has."""
    method = load_method(name)
    if method.guide is None:
        raise ConfigurationError(
            f"a server runs only the steering graph, not the method {name!r}; remove the method or --graph-url"
        )
    if uses_experience(name):
        raise ConfigurationError(
            f"a server has a store of its own, whose content {name} cannot know; remove the method or --graph-url"
        )
    return method


def _is_overflow(text: str) -> bool:
    return any(message in text for message in OVERFLOW_MESSAGES)


def _require_same_prompts(final: dict[str, Any]) -> None:
    """Raise ConfigurationError if the run used other prompts: its results are not comparable."""
    if not final.get("messages"):
        return
    used, ours = final["messages"][-1].response_metadata.get("prompts"), prompts_hash()
    if used != ours:
        raise ConfigurationError(
            f"the server's prompts ({used}) differ from this version's ({ours}); install the same version on both"
        )
