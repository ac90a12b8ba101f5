"""Convert a run's result to JSON and its texts to printable text."""

import unicodedata
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from pydantic_core import to_jsonable_python

from codesteer.graph.values import read_state, write_update
from codesteer.models.usage import total
from codesteer.prompts.loader import prompts_hash

ALLOWED_CONTROLS = "\n\t"


def result_json(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the output of ``codesteer solve --json``; the run may be unfinished."""
    values = read_state(state)
    plain = write_update(values)
    return {
        "answer": state.get("answer", ""),
        "outcome": state.get("outcome") or "interrupted",
        "turns": plain.get("turns", []),
        "decision": plain.get("decision"),
        "usage": plain.get("usage", {}) | {"total": to_jsonable_python(total(values.get("usage", {})))},
        "codesteer": {"version": version("codesteer"), "prompts": prompts_hash()},
    }


def printable(text: str) -> str:
    """Remove control characters, so that a model's output cannot control the terminal."""
    return "".join(c for c in text if c in ALLOWED_CONTROLS or unicodedata.category(c) != "Cc")
