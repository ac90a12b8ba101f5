"""Join a truncated reply with its continuation."""

from dataclasses import dataclass

from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.fences import find_fences
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.names import find_names
from codesteer.replies.program_detection import prints_output
from codesteer.replies.reasoning import ends_reasoning, strip_reasoning
from codesteer.replies.syntax import PARSE_BUDGET, Parser


def join_continuation(truncated: str, continuation: str) -> str:
    """Return the whole reply.

    Prose before the continuation's fence is dropped; a continuation that restarts the program is the whole reply.

    Args:
        truncated: the reply up to the token limit.
        continuation: what the model wrote when asked to continue.
    """
    first, second = normalize_newlines(truncated), normalize_newlines(continuation)
    if first.strip() and not strip_reasoning(first).strip():
        return first + second if ends_reasoning(second) else second
    parser = Parser(2 * PARSE_BUDGET)
    block = _unclosed_block(strip_reasoning(first), parser)
    rest = strip_reasoning(second)
    if block is None:
        return f"{first}\n{second}" if rest.lstrip().startswith(("```", "~~~")) else first + second
    code = _continued_code(rest, parser)
    if _restarts(block.text, code.text, parser):
        return second if code.fenced else f"```python\n{code.text}\n```\n{code.after}"
    if not first.endswith(block.raw):
        return first + code.text
    whole = first.removesuffix(block.raw) + _join_code(block.raw, code.text, parser)
    return f"{whole}\n```\n{code.after}" if code.closed else whole


def _unclosed_block(text: str, parser: Parser) -> Block | None:
    """Return the truncated block."""
    blocks = find_blocks(text, parser)
    return blocks[-1] if blocks and not blocks[-1].closed else None


@dataclass(frozen=True, slots=True)
class _ContinuedCode:
    """The rest of a truncated program."""

    text: str
    fenced: bool
    """It has an opening fence of its own."""
    closed: bool
    after: str = ""
    """The reply's text after the program."""


def _continued_code(rest: str, parser: Parser) -> _ContinuedCode:
    """Find the code in a continuation: a block of its own, or the text up to the closing fence."""
    fence = next(find_fences(rest), None)
    if fence is None:
        return _ContinuedCode(rest, fenced=False, closed=False)
    is_opening = fence.info.tag or not rest[: fence.start].strip()
    blocks = [block for block in find_blocks(rest, parser) if block.raw.strip()]
    if blocks and (
        is_opening or (fence.start <= blocks[0].start < blocks[0].end <= len(rest) and blocks[0].closed)
    ):
        block = blocks[0]
        return _ContinuedCode(block.raw, fenced=True, closed=block.closed, after=rest[block.end :])
    return _ContinuedCode(
        rest[: fence.start].rstrip("\n"), fenced=False, closed=True, after=rest[fence.end :]
    )


def _restarts(first: str, second: str, parser: Parser) -> bool:
    """Return whether the second part is a whole program: it starts like the first part, or does not depend on it."""
    lines, others = ([line for line in text.split("\n") if line.strip()] for text in (first, second))
    if len(lines) > 1 and others and others[0] == lines[0] and others[0] != lines[-1]:
        return True
    tree = parser.tree(second)
    return tree is not None and not find_names(second, parser).free and prints_output(tree)


def _join_code(first: str, second: str, parser: Parser) -> str:
    """Append the second part: directly, on a new line, or in place of the last line if it repeats that."""
    last = first.rpartition("\n")[2].strip()
    candidates = [first + second, f"{first}\n{second}"]
    if last and second.lstrip().startswith(last):
        candidates.insert(0, first + second.lstrip()[len(last) :])
    return next((code for code in candidates if parser.tree(code) is not None), candidates[0])
