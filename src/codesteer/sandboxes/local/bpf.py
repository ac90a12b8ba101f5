"""The classic BPF instructions that the system call filter uses."""

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
    """A BPF instruction; jump offsets count skipped instructions."""

    code: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def pack(self) -> bytes:
        """Return the instruction as a ``struct sock_filter``."""
        return struct.pack("=HBBI", self.code, self.if_true, self.if_false, self.value)


def allow() -> Instruction:
    """Allow the call."""
    return Instruction(RETURN, _ALLOW)


def fail_with(code: int) -> Instruction:
    """Deny the call with this errno."""
    return Instruction(RETURN, _ERRNO | code)


def load_argument(index: int) -> Instruction:
    """Load the low word of an argument; both supported architectures are little-endian."""
    return Instruction(LOAD_WORD, _FIRST_ARGUMENT_OFFSET + 8 * index)


def mask_bits(mask: int) -> Instruction:
    """Mask the accumulator."""
    return Instruction(AND, mask)


def if_equal(value: int, *then: Instruction) -> list[Instruction]:
    """Run the instructions only if the accumulator equals the value."""
    return [Instruction(JUMP_EQUAL, value, if_false=len(then)), *then]


def if_any_bit(bits: int, *then: Instruction) -> list[Instruction]:
    """Run the instructions only if any of the bits is set in the accumulator."""
    return [Instruction(JUMP_ANY_BIT, bits, if_false=len(then)), *then]
