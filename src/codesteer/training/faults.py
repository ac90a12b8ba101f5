"""What a validation found wrong, in one line."""

from pydantic import ValidationError


def first_fault(error: ValidationError) -> str:
    """Name the first wrong field and say what is wrong with it."""
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown field {field!r}"
    return f"{field}: {fault['msg']}" if field else str(fault["msg"])
