"""Check before a run spends anything that every model in it has a price, if it has a money budget."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.models.address import is_address, parse_model_url
from codesteer.models.endpoint import is_loaded_in_process
from codesteer.models.prices import price_of
from codesteer.models.unwrapping import model_name, unwrap
from codesteer.nodes.runtime import NodeRuntime

RUNS_IN_PROCESS = "runs_in_process"
"""Attribute of chat models that run in this process, at no cost."""


@dataclass(frozen=True, slots=True)
class _PaidModel:
    """A model that may cost money: the context field that selects it, and its name."""

    field: str
    name: str


async def require_prices(runtime: NodeRuntime) -> None:
    """Make sure that a money budget can be enforced.

    Raises:
        ConfigurationError: the price of a model is unknown.
    """
    if runtime.context.max_cost is not None:
        await asyncio.to_thread(_require_prices, runtime)  # reads the user's price file


def _require_prices(runtime: NodeRuntime) -> None:
    for model in _paid_models(runtime):
        if price_of(model.name) is None:
            raise ConfigurationError(
                f"max_cost: the price of {model.name or 'a model without a name'} ({model.field}) is unknown; add it, "
                "in US dollars per million tokens, to the JSON file named by CODESTEER_PRICES: "
                f'{{"{model.name or "name"}": {{"input": 1.0, "output": 2.0}}}}, or set max_cost to None'
            )


def _paid_models(runtime: NodeRuntime) -> Iterator[_PaidModel]:
    context, resources = runtime.context, runtime.resources
    guide = resources.guide.model if isinstance(resources.guide, ChatModelGuide) else resources.guide
    yield from _models_of("task_model", resources.task_model, context.task_model)
    if guide is None or isinstance(resources.guide, ChatModelGuide):
        yield from _models_of("guide", guide, context.guide)
    if context.check_answer is not False and (resources.checker_model or context.checker_model):
        yield from _models_of("checker_model", resources.checker_model, context.checker_model or "")


def _models_of(field: str, model_object: Any, name: str) -> Iterator[_PaidModel]:
    """Yield the model object with all its fallbacks, or without one the model named in the context."""
    if model_object is not None:
        for model in (model_object, *getattr(model_object, "fallbacks", ())):
            if not getattr(unwrap(model), RUNS_IN_PROCESS, False):
                yield _PaidModel(field, model_name(model))
    elif is_address(name):
        yield _PaidModel(field, parse_model_url(name)[1])
    elif not (is_loaded_in_process(name) or name.startswith("hf:") or name == "rules"):
        yield _PaidModel(field, name)
