"""From the plain JSON that a server gives to the values that the local graph gives."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from langchain_core.messages import AnyMessage
from pydantic import TypeAdapter, ValidationError

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
    """Return a run's state or output with messages, turns, decision and usage as the local graph has them.

    Raises:
        ConfigurationError: the server runs a version of codesteer whose values this one cannot read.
    """
    return {name: _read(name, value) for name, value in values.items()}


def _read(name: str, value: Any) -> Any:
    if name not in KINDS:
        return value
    try:
        return _adapter(name).validate_python(value)
    except ValidationError as error:
        place = ".".join(map(str, (name, *error.errors()[0]["loc"])))
        raise ConfigurationError(
            f"the server's state cannot be read ({place}): it runs another version of codesteer; "
            "bring both to the same one"
        ) from error


@lru_cache(maxsize=len(KINDS))
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[name])
