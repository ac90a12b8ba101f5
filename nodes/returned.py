"""What users' guides, sandboxes and checkers return, before it becomes part of a run's state."""

from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from codesteer.errors import CodeSteerError, first_error
from codesteer.graph.objects import named
from codesteer.models.characters import valid_texts
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox

Value = TypeVar("Value")


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
        raise CodeSteerError(f"{giver} returned {named(value)} instead of {kind.__name__}")
    adapter: TypeAdapter[Value] = _adapter(cast(Any, kind))  # a type is hashable, whatever mypy says
    try:
        return adapter.validate_python(valid_texts(adapter.dump_python(value, warnings=False)))
    except ValidationError as error:
        raise CodeSteerError(f"{giver} returned an invalid {kind.__name__}: {first_error(error)}") from error


async def run_program(sandbox: Sandbox, program: str, limits: Limits) -> ExecutionResult:
    """Run a program; raises CodeSteerError if a user's sandbox returns something else than a result."""
    return returned(await sandbox.run(program, limits), ExecutionResult, "the sandbox")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
