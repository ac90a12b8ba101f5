"""Steers a chat model, turn by turn, between textual reasoning and code."""

from typing import TYPE_CHECKING, Any

from codesteer.errors import (
    CodeSteerError,
    ConfigurationError,
    ModelError,
    ModelFileError,
    ModelRefusedError,
    ModelUnavailableError,
    SandboxError,
    SandboxUnavailableError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from codesteer.chat.model import ChatCodeSteer
    from codesteer.chat.tool import create_codesteer_tool
    from codesteer.graph.context import Context
    from codesteer.graph.state import Turn
    from codesteer.graph.values import read_state
    from codesteer.graph.workflow import create_codesteer

__all__ = [
    "ChatCodeSteer",
    "CodeSteerError",
    "ConfigurationError",
    "Context",
    "ModelError",
    "ModelFileError",
    "ModelRefusedError",
    "ModelUnavailableError",
    "SandboxError",
    "SandboxUnavailableError",
    "Turn",
    "UnsupportedError",
    "create_codesteer",
    "create_codesteer_tool",
    "read_state",
]

_LAZY_EXPORTS = {
    "ChatCodeSteer": "codesteer.chat.model",
    "Context": "codesteer.graph.context",
    "Turn": "codesteer.graph.state",
    "create_codesteer": "codesteer.graph.workflow",
    "create_codesteer_tool": "codesteer.chat.tool",
    "read_state": "codesteer.graph.values",
}


def __getattr__(name: str) -> Any:
    # Import lazily: LangGraph takes most of a second, which only users of the graph should pay.
    if name not in _LAZY_EXPORTS:
        raise AttributeError(f"module 'codesteer' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LAZY_EXPORTS[name]), name)
