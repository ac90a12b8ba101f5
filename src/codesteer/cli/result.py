"""A run's result as plain JSON values."""

import unicodedata
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from pydantic_core import to_jsonable_python

from codesteer.graph.values import read_state, write_update
from codesteer.models.usage import total
from codesteer.prompts.loader import prompts_hash

KEPT_CONTROLS = "\n\t"


def as_json(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``codesteer solve --json`` prints; works for a run that did not reach its end, too."""
    known = read_state(state)
    plain = write_update(known)
    return {
        "answer": state.get("answer", ""),
        "outcome": state.get("outcome") or "interrupted",
        "turns": plain.get("turns", []),
        "decision": plain.get("decision"),
        "usage": plain.get("usage", {}) | {"total": to_jsonable_python(total(known.get("usage", {})))},
        "codesteer": {"version": version("codesteer"), "prompts": prompts_hash()},
    }


def printable(text: str) -> str:
    """Drop control characters: what a model writes must not drive the terminal."""
    return "".join(c for c in text if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc")
