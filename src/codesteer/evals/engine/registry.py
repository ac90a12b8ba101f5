"""The entry point for Inspect: ``inspect eval codesteer/symbench`` and ``--model codesteer/local``."""

from inspect_ai.model import ModelAPI, modelapi

from codesteer.evals.engine.scorers import published, strict
from codesteer.evals.engine.served import PROVIDER, ServedAPI, answer_on_server
from codesteer.evals.engine.solver import answer_with
from codesteer.evals.engine.tasks import symbench

__all__ = ["answer_on_server", "answer_with", "codesteer", "published", "served", "strict", "symbench"]


@modelapi(name="codesteer")
def codesteer() -> type[ModelAPI]:
    """Provide the embedded model, ``.gguf`` files and OpenAI-compatible addresses (``http(s)://host/v1#model``)."""
    from codesteer.evals.engine.provider import EndpointAPI

    return EndpointAPI


@modelapi(name=PROVIDER)
def served() -> type[ModelAPI]:
    """Provide the models of a deployed LangGraph server, by their names there."""
    return ServedAPI
