"""A run's result as plain JSON values."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from codesteer.graph.state import Turn
from codesteer.guides.decision import Decision
from codesteer.models.usage import Usage, UsageByRole, total
from codesteer.prompts.loader import prompts_hash

KEPT_CONTROLS = "\n\t"


def as_json(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``codesteer solve --json`` prints; works for a run that did not reach its end, too."""
    usage: UsageByRole = state.get("usage", {})
    by_role = {role: _adapter(Usage).dump_python(used, mode="json") for role, used in usage.items()}
    return {
        "answer": state.get("answer", ""),
        "outcome": state.get("outcome") or "interrupted",
        "turns": [_adapter(Turn).dump_python(turn, mode="json") for turn in state.get("turns", [])],
        "decision": _adapter(Decision).dump_python(state.get("decision"), mode="json")
        if state.get("decision")
        else None,
        "usage": by_role | {"total": _adapter(Usage).dump_python(total(usage), mode="json")},
        "codesteer": {"version": version("codesteer"), "prompts": prompts_hash()},
    }


def printable(text: str) -> str:
    """Drop control characters: what a model writes must not drive the terminal."""
    return "".join(c for c in text if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc")


@lru_cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
