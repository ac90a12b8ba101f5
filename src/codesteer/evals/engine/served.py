"""Steering on a deployed server as an Inspect solver: its queue and workers spread the problems, its models answer."""

from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolChoice, ToolInfo

from codesteer.errors import CodeSteerError, ConfigurationError, ServerError, UnsupportedError
from codesteer.evals.engine.solver import FAILED_EARLY, OVERFLOW, written
from codesteer.evals.methods.registry import Method, load_method
from codesteer.graph.context import Context
from codesteer.models.usage import total
from codesteer.prompts.loader import prompts_hash
from codesteer.remote.server import read_address
from codesteer.remote.solving import solve as solve_on

PROVIDER = "served"
"""Inspect's name for models that a server asks: ``served/openai:gpt-4o``."""
TOO_LONG = ("context_length_exceeded", "maximum context length")
"""What endpoints say of a request that does not fit into a model's context."""


class ServedAPI(ModelAPI):
    """The name of a model that the server asks; Inspect itself cannot."""

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 (the signature that Inspect calls)
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Raise UnsupportedError."""
        raise UnsupportedError(
            f"{PROVIDER}/{self.model_name} is asked by a LangGraph server only: give graph_url"
        )


@solver
def answer_on_server(graph_url: str, method: str = "steer:rules", **settings: Any) -> Solver:
    """Answer each sample by a run on a deployed server.

    Args:
        graph_url: its address, ``http(s)://host:port[#graph]``.
        method: one of the steering methods.
        settings: more fields of the run's context.
    """
    server, chosen = read_address(graph_url), steering(method)
    context = Context(guide=chosen.guide or "", **settings, **chosen.settings)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate
        if state.model.api != PROVIDER:
            raise ConfigurationError(
                f"a server asks its own models: give --model {PROVIDER}/NAME, not {state.model}"
            )
        # All of it is sent, defaults too: what an assistant on the server was set to must not change the method.
        sent = context.model_copy(update={"task_model": state.model.name}).model_dump(mode="json")
        try:
            final = await solve_on(server, state.input_text, sent)
        except ServerError as error:
            if not _is_overflow(str(error)):
                raise
            final = {"outcome": OVERFLOW}
        if final["outcome"] == "failed":
            if not _is_overflow(final["failure"]):
                raise CodeSteerError(f"{FAILED_EARLY} ({final['failure']})")
            final["outcome"] = OVERFLOW
        _require_same_prompts(final)
        return written(state, final, total(final.get("usage", {})).seconds)

    return solve


def steering(name: str) -> Method:
    """Return a steering method; raises ConfigurationError for others, whose graphs no server has."""
    method = load_method(name)
    if method.guide is None:
        raise ConfigurationError(
            f"a server runs the steering graph only, not the method {name!r}; leave it out or leave out --graph-url"
        )
    return method


def _is_overflow(text: str) -> bool:
    return any(sign in text for sign in TOO_LONG)


def _require_same_prompts(final: dict[str, Any]) -> None:
    """A run says by which prompts it went; a figure by others does not belong into the same table."""
    if not final.get("messages"):
        return
    used, ours = final["messages"][-1].response_metadata.get("prompts"), prompts_hash()
    if used != ours:
        raise ConfigurationError(
            f"the server's prompts ({used}) are not this version's ({ours}); bring both to the same version"
        )
