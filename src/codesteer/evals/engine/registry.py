"""What Inspect finds through our entry point: ``inspect eval codesteer/symbench`` and ``--model codesteer/local``."""

from inspect_ai.model import ModelAPI, modelapi

from codesteer.evals.engine.scorers import published, strict
from codesteer.evals.engine.served import PROVIDER, ServedAPI, answer_on_server
from codesteer.evals.engine.solver import answer_by
from codesteer.evals.engine.tasks import symbench

__all__ = ["answer_by", "answer_on_server", "codesteer", "published", "served", "strict", "symbench"]


@modelapi(name="codesteer")
def codesteer() -> type[ModelAPI]:
    """The embedded model, any ``.gguf`` file, and OpenAI-compatible addresses (``http(s)://host/v1#model``)."""
    from codesteer.evals.engine.provider import EndpointAPI

    return EndpointAPI


@modelapi(name=PROVIDER)
def served() -> type[ModelAPI]:
    """Models that a deployed LangGraph server asks, by their names there."""
    return ServedAPI
