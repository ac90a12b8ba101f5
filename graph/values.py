"""The state's values, between plain JSON, as checkpoints and servers hold it, and the types that nodes work with."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from langchain_core.messages import AnyMessage
from langgraph.types import Overwrite
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from codesteer.errors import ConfigurationError
from codesteer.graph.state import Turn
from codesteer.guides.decision import Decision
from codesteer.models.usage import UsageByRole

KINDS: dict[str, Any] = {
    "messages": list[AnyMessage],
    "turns": list[Turn],
    "decision": Decision,
    "current": list[Turn],
    "usage": UsageByRole,
}
"""The parts of the state that are objects, and what they are."""


def read_state(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's state or output with messages, turns, decision and usage as objects.

    Args:
        values: what a graph or a server gives; what is an object already stays as it is.

    Raises:
        ConfigurationError: another version of codesteer gave these values, and this one cannot read them.
    """
    return {name: _read(name, value) for name, value in values.items()}


def write_update(update: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a node changes as plain JSON values; messages stay, as LangChain stores them itself."""
    return {name: _written(name, value) for name, value in update.items()}


def _read(name: str, value: Any) -> Any:
    if name not in KINDS:
        return value
    try:
        return _adapter(name).validate_python(value)
    except ValidationError as error:
        place = ".".join(map(str, (name, *error.errors()[0]["loc"])))
        raise ConfigurationError(
            f"the run's state cannot be read ({place}): another version of codesteer recorded it; ask the question "
            "again on a new thread, or bring both sides to the same version"
        ) from error


def _written(name: str, value: Any) -> Any:
    is_object = name in KINDS and name != "messages" and not isinstance(value, Overwrite)
    return to_jsonable_python(value) if is_object else value


@lru_cache(maxsize=len(KINDS))
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[name])
