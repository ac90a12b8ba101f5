"""Validation errors in one line."""

from pydantic import ValidationError


def first_error(error: ValidationError) -> str:
    """Name the first invalid field and what is wrong with it."""
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown field {field!r}"
    return f"{field}: {fault['msg']}" if field else str(fault["msg"])
