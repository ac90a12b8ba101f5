"""A budget in money needs a price for every model that a run may ask; looked at before anything is spent."""

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

HERE = "runs_in_process"
"""Attribute of chat models that run in this process, which nobody charges for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A model of a run: the setting that chose it, and its name."""

    field: str
    name: str


async def require_prices(runtime: NodeRuntime) -> None:
    """Make sure that a budget in money can be kept.

    Raises:
        ConfigurationError: nobody knows the price of a model; says how to give it.
    """
    if runtime.context.max_cost is not None:
        await asyncio.to_thread(_require, runtime)  # the user's table is a file


def _require(runtime: NodeRuntime) -> None:
    for asked in _asked(runtime):
        if price_of(asked.name) is None:
            raise ConfigurationError(
                f"max_cost: the price of {asked.name or 'a model without a name'} ({asked.field}) is unknown; give it "
                "in US dollars a million tokens in the JSON file that CODESTEER_PRICES names, "
                f'{{"{asked.name or "name"}": {{"input": 1.0, "output": 2.0}}}}, or leave max_cost out'
            )


def _asked(runtime: NodeRuntime) -> Iterator[_Asked]:
    """Go through the models that somebody may charge for."""
    context, resources = runtime.context, runtime.resources
    guide = resources.guide.model if isinstance(resources.guide, ChatModelGuide) else resources.guide
    yield from _of("task_model", resources.task_model, context.task_model)
    if guide is None or isinstance(resources.guide, ChatModelGuide):
        yield from _of("guide", guide, context.guide)
    if context.check_answer and (resources.checker_model or context.checker_model):
        yield from _of("checker_model", resources.checker_model, context.checker_model or "")


def _of(field: str, given: Any, name: str) -> Iterator[_Asked]:
    """An object that was given wins over the context's name; with fallbacks, each of its models counts."""
    if given is not None:
        for model in (given, *getattr(given, "fallbacks", ())):
            if not getattr(unwrap(model), HERE, False):
                yield _Asked(field, model_name(model))
    elif is_address(name):
        yield _Asked(field, parse_model_url(name)[1])
    elif not (is_loaded_in_process(name) or name.startswith("hf:") or name == "rules"):
        yield _Asked(field, name)
