"""Objects that users pass instead of names, and what those objects return."""

from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from codesteer.errors import CodeSteerError, ConfigurationError, first_error
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox

METHODS = {
    "task_model": ("ainvoke",),
    "guide": ("decide",),
    "checker_model": ("ainvoke",),
    "sandbox": ("run", "describe"),
}
"""Settings of a chat model that may be objects, and the methods that each object must have."""
Value = TypeVar("Value")


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
            f"{setting}: pass an object with {' and '.join(methods)}, not {_named(value)}{hint}"
        )


def returned(value: object, kind: type[Value], giver: str) -> Value:
    """Return what a user's object returned, as the run's state will hold it.

    Args:
        value: what it returned.
        kind: a dataclass, what it should have returned.
        giver: names the object in errors.

    Raises:
        CodeSteerError: it is something else, or one of its fields is.
    """
    if not isinstance(value, kind):
        raise CodeSteerError(f"{giver} returned {_named(value)} instead of {kind.__name__}")
    adapter: TypeAdapter[Value] = _adapter(cast(Any, kind))  # a type is hashable, whatever mypy says
    try:
        return adapter.validate_python(adapter.dump_python(value, warnings=False))
    except ValidationError as error:
        raise CodeSteerError(f"{giver} returned an invalid {kind.__name__}: {first_error(error)}") from error


async def run_program(sandbox: Sandbox, program: str, limits: Limits) -> ExecutionResult:
    """Run a program; raises CodeSteerError if a user's sandbox returns something else than a result."""
    return returned(await sandbox.run(program, limits), ExecutionResult, "the sandbox")


def _named(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
