"""Convert a run's result to JSON and its texts to printable text."""

import json
import sys
import unicodedata
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from pydantic_core import to_jsonable_python

from codesteer.graph.values import read_state, write_update
from codesteer.models.usage import total
from codesteer.prompts.loader import prompts_hash

INTERRUPTED = "interrupted"
"""The outcome of a run that has not ended."""
REMEMBERED = "remembered program"
"""What people read in place of a turn's mode if the task model was not asked."""
ALLOWED_CONTROLS = "\n\t"


def result_json(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's result as JSON; the run may be unfinished."""
    values = read_state(state)
    plain = write_update(values)
    return {
        "answer": state.get("answer", ""),
        "outcome": state.get("outcome") or INTERRUPTED,
        "turns": plain.get("turns", []),
        "decision": plain.get("decision"),
        "experience": plain.get("experience", {}),
        "usage": plain.get("usage", {}) | {"total": to_jsonable_python(total(values.get("usage", {})))},
        "codesteer": {"version": version("codesteer"), "prompts": _prompts(values)},
    }


def _prompts(values: Mapping[str, Any]) -> str:
    """Return the hash of the prompts that a run was answered with; that of the current ones if it is unfinished."""
    messages = values.get("messages", [])
    answered_with = messages[-1].response_metadata.get("prompts") if messages else None
    return str(answered_with or prompts_hash())


def json_text(value: Any) -> str:
    """Return JSON for standard output: with escapes where its encoding lacks characters."""
    is_unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    return json.dumps(value, ensure_ascii=not is_unicode, indent=2)


def summary(result: Mapping[str, Any]) -> str:
    """Return a line with the turns, calls, tokens, seconds and known cost of a result from ``result_json``."""
    used, turns = result["usage"]["total"], result["turns"]
    facts = [
        _count(len(turns), "turn"),
        f"{tokens(used)} in {_count(used['calls'], 'model call')}",
        f"{sum(turn['seconds'] for turn in turns):.1f} s of work",
    ]
    if used["cost"]:
        facts.append(f"${used['cost']:.4f}")
    return " · ".join(facts)


def experience_summary(result: Mapping[str, Any]) -> str:
    """Return a line with what a result from ``result_json`` says about experience; empty without any."""
    found = result["experience"]
    learnt = len(found.get("learnt", ()))
    facts = [found.get("note", ""), f"added to {_count(learnt, 'record')}" if learnt else ""]
    return "; ".join(filter(None, facts))


def tokens(usage: Mapping[str, Any]) -> str:
    """Return a phrase with the tokens of a usage, as JSON; it says if some of them are estimated."""
    about = "about " if usage.get("estimated_calls") else ""
    cached = f" ({usage['cached_tokens']} cached)" if usage["cached_tokens"] else ""
    return f"{about}{usage['input_tokens']} tokens in{cached}, {usage['output_tokens']} out"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def printable(text: str) -> str:
    """Remove control characters, so that a model's output cannot control the terminal."""
    return "".join(c for c in text if c in ALLOWED_CONTROLS or unicodedata.category(c) != "Cc")
