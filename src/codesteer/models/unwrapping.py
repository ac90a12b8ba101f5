"""Find the chat model inside LangChain's wrappers, and its name."""

from typing import Any

WRAPPED_FIELDS = ("bound", "runnable")
"""Fields in which LangChain's bindings, retries and fallbacks hold the model."""
NAME_FIELDS = ("model_name", "model", "model_id", "name_or_path")
MAX_DEPTH = 10


def unwrap(model: Any) -> Any:
    """Return the chat model inside bindings, retries and fallbacks."""
    for _ in range(MAX_DEPTH):
        inner = next((getattr(model, field) for field in WRAPPED_FIELDS if _holds_model(model, field)), None)
        if inner is None:
            break
        model = inner
    return model


def model_name(model: Any) -> str:
    """Return a chat model's name as its provider knows it; empty if it has none."""
    inner = unwrap(model)
    names = (getattr(inner, field, None) for field in NAME_FIELDS)
    return next((name for name in names if isinstance(name, str) and name), "")


def _holds_model(wrapper: Any, field: str) -> bool:
    return hasattr(getattr(wrapper, field, None), "ainvoke")
