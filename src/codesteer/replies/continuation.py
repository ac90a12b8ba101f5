"""Put the two halves of a reply that was cut off together."""

from dataclasses import dataclass

from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.fences import find_fences
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.names import find_names
from codesteer.replies.program_detection import prints_output
from codesteer.replies.reasoning import ends_reasoning, strip_reasoning
from codesteer.replies.syntax import BUDGET, Parser


def join_continuation(first: str, more: str) -> str:
    """Return a reply from its first half, which a token limit cut off, and the second, which goes on with it.

    Words before the second half's fence are dropped; a second half that begins anew is the whole reply.

    Args:
        first: what came before the cut.
        more: what the model wrote when it was told to go on.
    """
    first, more = normalize_newlines(first), normalize_newlines(more)
    if first.strip() and not strip_reasoning(first).strip():
        return first + more if ends_reasoning(more) else more
    parser = Parser(2 * BUDGET)
    begun = _open_block(strip_reasoning(first), parser)
    rest = strip_reasoning(more)
    if begun is None:
        return f"{first}\n{more}" if rest.lstrip().startswith(("```", "~~~")) else first + more
    second = _second_half(rest, parser)
    if _begins_anew(begun.text, second.text, parser):
        return more if second.fenced else f"```python\n{second.text}\n```\n{second.after}"
    if not first.endswith(begun.written):
        return first + second.text
    whole = first.removesuffix(begun.written) + _continued(begun.written, second.text, parser)
    return f"{whole}\n```\n{second.after}" if second.closed else whole


def _open_block(text: str, parser: Parser) -> Block | None:
    """Return the block that was cut off."""
    blocks = find_blocks(text, parser)
    return blocks[-1] if blocks and not blocks[-1].closed else None


@dataclass(frozen=True, slots=True)
class _Half:
    """What goes on with a program."""

    text: str
    fenced: bool
    """It stands in a fence of its own."""
    closed: bool
    after: str = ""
    """What the reply says behind the program."""


def _second_half(rest: str, parser: Parser) -> _Half:
    """Read the second half: a fence of its own, with words before it or none, or code up to the closing fence."""
    fence = next(find_fences(rest), None)
    if fence is None:
        return _Half(rest, fenced=False, closed=False)
    is_opening = fence.info.tag or not rest[: fence.start].strip()
    blocks = [block for block in find_blocks(rest, parser) if block.written.strip()]
    if blocks and (
        is_opening or (fence.start <= blocks[0].start < blocks[0].end <= len(rest) and blocks[0].closed)
    ):
        block = blocks[0]
        return _Half(block.written, fenced=True, closed=block.closed, after=rest[block.end :])
    return _Half(rest[: fence.start].rstrip("\n"), fenced=False, closed=True, after=rest[fence.end :])


def _begins_anew(begun: str, rest: str, parser: Parser) -> bool:
    """True if the rest is the whole program once more: it starts like the first half, or needs nothing of it."""
    lines, again = ([line for line in text.split("\n") if line.strip()] for text in (begun, rest))
    if len(lines) > 1 and again and again[0] == lines[0] and again[0] != lines[-1]:
        return True
    tree = parser.tree(rest)
    return tree is not None and not find_names(rest, parser).needed and prints_output(tree)


def _continued(begun: str, rest: str, parser: Parser) -> str:
    """Append the rest: right behind, on a new line, or in place of the line that it writes again."""
    last = begun.rpartition("\n")[2].strip()
    joints = [begun + rest, f"{begun}\n{rest}"]
    if last and rest.lstrip().startswith(last):
        joints.insert(0, begun + rest.lstrip()[len(last) :])
    return next((code for code in joints if parser.tree(code) is not None), joints[0])
