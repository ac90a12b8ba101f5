"""What is known of a value without running the program: where it comes from, and a little of what it is."""

from enum import IntFlag

OPENING, CLOSING = "<<<", ">>>"
"""The answer marker, within which programs are asked to print their answer."""


class Value(IntFlag):
    """Where a value comes from. Flags of several paths add up."""

    NOTHING = 0
    WRITTEN = 1
    """Shows letters or digits that the program contains."""
    COMPUTED = 2
    """Depends on an operation, on a call, or on a choice that a computed test made."""
    GUARDED = 4
    """Is set only if a computed test holds."""
    ITEM = 8
    """Is one of many, so a test on it decides something."""
    POSITION = 16
    """Steps through a range: items taken by it are merely listed, but a test on it decides something."""
    MARKED = 32
    """Holds the opening of the answer marker."""
    WHOLE = 64
    """Holds a whole answer, with both marks, in one constant."""

    TEXT = 128
    SEQUENCE = 256
    OBJECT = 512
    """An object of one of the program's classes."""


VARIED = Value.ITEM | Value.POSITION
DECIDING = VARIED | Value.COMPUTED | Value.GUARDED
"""A test on such a value is no foregone conclusion."""
_KIND = Value.TEXT | Value.SEQUENCE | Value.OBJECT


def of_constant(constant: object) -> Value:
    """Return the value of a constant in the program."""
    if constant is None or constant is Ellipsis:
        return Value.NOTHING
    if not isinstance(constant, str):
        return Value.WRITTEN
    value = Value.WRITTEN if any(sign.isalnum() for sign in constant) else Value.NOTHING
    _, opening, rest = constant.partition(OPENING)
    content, closing, _ = rest.partition(CLOSING)
    if opening:
        value |= Value.MARKED
    if closing and content.strip() and not content.strip().startswith(("{", "%")):
        value |= Value.WHOLE
    return value | Value.TEXT


def part(value: Value) -> Value:
    """Return what a whole gets from a value that becomes a part of it."""
    return value & ~_KIND


def element(value: Value) -> Value:
    """Return what stepping through a value gives."""
    return value & ~Value.SEQUENCE | Value.ITEM


def one_of(values: Value) -> Value:
    """Return what a computed test chose among several values."""
    return values & ~Value.WHOLE | Value.COMPUTED
