"""Objects that users pass instead of names."""

from codesteer.errors import ConfigurationError

METHODS = {
    "task_model": ("ainvoke",),
    "guide": ("decide",),
    "checker_model": ("ainvoke",),
    "sandbox": ("run", "describe"),
}
"""Settings of a chat model that may be objects, and the methods that each object must have."""


def require_object(setting: str, value: object) -> None:
    """Raise ConfigurationError if the value of a setting, one of ``METHODS`` or ``checkers``, is no object for it.

    A guide may be a model.
    """
    methods = METHODS.get(setting, ("name", "check"))
    is_model = setting == "guide" and hasattr(value, "ainvoke")
    missing = [method for method in methods if not hasattr(value, method)]
    if isinstance(value, type) or (missing and not is_model):
        hint = "; a name belongs in the context" if isinstance(value, str) else ""
        raise ConfigurationError(
            f"{setting}: pass an object with {' and '.join(methods)}, not {named(value)}{hint}"
        )


def named(value: object) -> str:
    """Name a value for an error: a class by its own name, anything else by its type's."""
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
