"""Join a truncated reply with its continuation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.fences import find_fences
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.names import find_names
from codesteer.replies.program_detection import prints_output
from codesteer.replies.reasoning import ends_reasoning, remove_reasoning, strip_reasoning
from codesteer.replies.syntax import PARSE_BUDGET, Parser

_MAX_REPEATED = 100
"""Maximum number of lines compared to find those that a continuation repeats."""
_REPEATED_LENGTH = 10_000
"""Characters searched for these lines."""


def join_continuation(truncated: str, continuation: str) -> str:
    """Return the whole reply.

    Prose before the continuation's fence is dropped, and so are lines that the continuation repeats. A continuation
    that restarts the program is the whole reply.

    Args:
        truncated: the reply up to the token limit.
        continuation: what the model wrote when asked to continue.
    """
    first, second = normalize_newlines(truncated), normalize_newlines(continuation)
    if first.strip() and not strip_reasoning(first).strip():
        return first + second if ends_reasoning(second) else second
    parser = Parser(2 * PARSE_BUDGET)
    block = _unclosed_block(strip_reasoning(first), parser)
    rest = _without_reasoning(second)
    if block is None:
        return f"{first}\n{second}" if rest.lstrip().startswith(("```", "~~~")) else first + second
    code = _continued_code(rest, parser)
    if _restarts(block.text, code.text, parser):
        return second if code.fenced else f"```python\n{code.text}\n```\n{code.after}"
    if not first.endswith(block.raw):
        return first + code.text
    whole = first.removesuffix(block.raw) + _join_code(block.raw, code, parser)
    return f"{whole}\n```\n{code.after}" if code.closed else whole


def _without_reasoning(continuation: str) -> str:
    """Return a continuation without its reasoning, but with the indentation and the line break that it begins with.

    Line breaks that only set the reply apart are removed: two, or one after a closing tag on a line of its own.
    """
    rest = remove_reasoning(continuation)
    if rest == continuation:
        return continuation
    reasoning = continuation.removesuffix(rest)
    last_line = reasoning.rpartition("\n")[2].lstrip()
    stands_alone = "\n" in reasoning and last_line.startswith(("<", "[", "◁"))
    return rest.removeprefix("\n\n" if rest.startswith("\n\n") or not stands_alone else "\n")


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
    """Return whether the second part is a whole program: it starts like the first part, or replaces it.

    It replaces it if it prints, does not depend on it or repeat its end, and has two of three properties that a
    fragment rarely has: it is as long, binds names of its own, and cannot be appended.
    """
    lines, others = ([line for line in text.split("\n") if line.strip()] for text in (first, second))
    if len(lines) > 1 and others and others[0] == lines[0] and others[0] != lines[-1]:
        return True
    tree, names = parser.tree(second), find_names(second, parser)
    if tree is None or names.missing or not prints_output(tree):
        return False
    if _count_repeated(_last_lines(first), _first_lines(second)):
        return False
    is_appended = any(parser.tree(code) is not None for code in _joined(first, second))
    return (len(others) >= len(lines)) + bool(names.bound) + (not is_appended) >= 2


def _join_code(first: str, continued: _ContinuedCode, parser: Parser) -> str:
    """Append the second part without the lines that it repeats: directly, or on a new line."""
    second = continued.text
    joined = _joined(first, second)
    if continued.fenced and _repeats_indentation(first, second):
        joined = (first.rstrip(" \t") + second, joined[0])
    candidates = [*_joined_without_repeated(first, second), *joined]
    return next((code for code in candidates if parser.tree(code) is not None), candidates[0])


def _repeats_indentation(first: str, second: str) -> bool:
    """Return whether the first part ends inside a line's indentation, with which the second begins anew."""
    partial = first.rpartition("\n")[2]
    indentation = len(second) - len(second.lstrip(" \t"))
    return bool(partial) and not partial.strip() and indentation >= len(partial)


def _joined(first: str, second: str) -> tuple[str, str]:
    return first + second, f"{first}\n{second}"


def _joined_without_repeated(first: str, second: str) -> Iterator[str]:
    """Yield the joined program if the second part repeats the end of the first, with its indentation corrected last."""
    complete, _, partial = first.rpartition("\n")
    lines, others = _last_lines(complete), _first_lines(second)
    count = _count_repeated(lines, others, partial.strip())
    if not count and not partial.strip():
        return
    rest = second[others[count - 1].end + 1 :] if count else second
    if partial.strip():
        if rest.lstrip().startswith(partial.strip()):
            yield first + rest.lstrip()[len(partial.strip()) :]
        return
    whole = f"{complete}\n"
    yield whole + rest
    margin = lines[-1].indentation - others[count - 1].indentation
    if margin > 0:
        yield whole + "\n".join(" " * margin + line if line.strip() else line for line in rest.split("\n"))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with content."""

    text: str
    """Without indentation."""
    indentation: int
    end: int
    """Its end in the text."""

    @classmethod
    def of(cls, text: str) -> "list[_Line]":
        """Return the nonblank lines of a text."""
        lines, end = [], -1
        for line in text.split("\n"):
            end += len(line) + 1
            if content := line.strip():
                lines.append(cls(content, len(line) - len(line.lstrip()), end))
        return lines


def _last_lines(text: str) -> list[_Line]:
    if len(text) > _REPEATED_LENGTH:
        text = text[-_REPEATED_LENGTH:].partition("\n")[2]
    return _Line.of(text)


def _first_lines(text: str) -> list[_Line]:
    if len(text) > _REPEATED_LENGTH:
        text = text[:_REPEATED_LENGTH].rpartition("\n")[0]
    return _Line.of(text)


def _count_repeated(lines: Sequence[_Line], others: Sequence[_Line], partial: str = "") -> int:
    """Return how many lines at the end of one text begin the other, before the repeated beginning of a partial line."""
    for count in range(min(len(lines), len(others), _MAX_REPEATED), 0, -1):
        pairs = list(zip(lines[-count:], others[:count], strict=True))
        is_same = all(line.text == other.text for line, other in pairs)
        if not is_same or len({line.indentation - other.indentation for line, other in pairs}) > 1:
            continue
        if not partial or (count < len(others) and others[count].text.startswith(partial)):
            return count
    return 0
