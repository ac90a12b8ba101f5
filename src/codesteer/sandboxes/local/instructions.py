"""The few instructions of classic BPF that the system call filter is made of."""

import struct
from dataclasses import dataclass

LOAD_WORD = 0x20
JUMP_EQUAL = 0x15
JUMP_GREATER = 0x25
JUMP_ANY_BIT = 0x45
AND = 0x54
RETURN = 0x06

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_FIRST_ARGUMENT_OFFSET = 16


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; jumps count the instructions that are skipped."""

    code: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def pack(self) -> bytes:
        """Return it as a ``struct sock_filter``."""
        return struct.pack("=HBBI", self.code, self.if_true, self.if_false, self.value)


def allow() -> Instruction:
    """Let the call pass."""
    return Instruction(RETURN, _ALLOW)


def fail(code: int) -> Instruction:
    """Have the call fail with this error."""
    return Instruction(RETURN, _ERRNO | code)


def argument(index: int) -> Instruction:
    """Load the low word of the call's argument: both supported machines are little-endian."""
    return Instruction(LOAD_WORD, _FIRST_ARGUMENT_OFFSET + 8 * index)


def masked(mask: int) -> Instruction:
    """Keep these bits of what is loaded."""
    return Instruction(AND, mask)


def when_equal(value: int, *then: Instruction) -> list[Instruction]:
    """Do this only if the value is loaded."""
    return [Instruction(JUMP_EQUAL, value, if_false=len(then)), *then]


def when_any_bit(bits: int, *then: Instruction) -> list[Instruction]:
    """Do this only if one of the bits is set in what is loaded."""
    return [Instruction(JUMP_ANY_BIT, bits, if_false=len(then)), *then]
