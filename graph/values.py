"""Convert state values between plain JSON, for checkpoints and servers, and the objects that nodes use."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from langchain_core.messages import AnyMessage
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from codesteer.errors import ConfigurationError
from codesteer.experience.recall import Recall
from codesteer.graph.state import Turn
from codesteer.guides.decision import Decision
from codesteer.models.characters import valid_text, valid_texts
from codesteer.models.usage import UsageByRole

VALUE_TYPES: dict[str, Any] = {
    "messages": list[AnyMessage],
    "turns": list[Turn],
    "decision": Decision,
    "current": list[Turn],
    "usage": UsageByRole,
    "experience": Recall,
}
"""Types of the state values that are objects."""


def read_state(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's state or output with messages, turns, decision and usage as objects.

    Args:
        values: values from a graph or a server; objects stay as they are.

    Raises:
        ConfigurationError: another version of codesteer wrote these values, and this one cannot read them.
    """
    return {name: _read(name, value) for name, value in values.items()}


def write_update(update: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node's update as plain JSON values, with texts that every checkpointer can store.

    Messages stay, because LangChain stores them itself.
    """
    return {name: _write(name, value) for name, value in update.items()}


def _read(name: str, value: Any) -> Any:
    if name not in VALUE_TYPES:
        return value
    try:
        return _adapter(name).validate_python(value)
    except ValidationError as error:
        location = ".".join(map(str, (name, *error.errors()[0]["loc"])))
        raise ConfigurationError(
            f"cannot read the run's state ({location}): another version of codesteer recorded it; ask the question "
            "again on a new thread, or use the same version on both sides"
        ) from error


def _write(name: str, value: Any) -> Any:
    if name not in VALUE_TYPES or name == "messages":
        return valid_text(value) if isinstance(value, str) else value
    try:
        plain = to_jsonable_python(value)
    except UnicodeEncodeError:  # it takes offence at some invalid texts, and lets others pass
        plain = to_jsonable_python(valid_texts(_adapter(name).dump_python(value)))
    return valid_texts(plain)


@lru_cache(maxsize=len(VALUE_TYPES))
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(VALUE_TYPES[name])
