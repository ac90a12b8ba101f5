"""Find the blocks of a reply: code fences and the tags that models put around programs."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from codesteer.replies.code_normalization import normalize_code
from codesteer.replies.fences import MAX_FENCES, Fence, Info, find_fences
from codesteer.replies.languages import MARKDOWN, UNNAMED, is_python
from codesteer.replies.syntax import Parser

REACH = 200_000
"""Characters at a reply's end that are searched for tags."""
MAX_CLOSING_FENCES = 20
"""Closing marks tried for one block: a program may hold fences of its own in its strings."""
_CONTAINER = re.compile(
    r"(?=[<\[][|a-z])(?:<\|(?P<token>python_tag|python_start|execute_start|interpreter)\|>"
    r"|\[(?P<bracket>PYTHON|CODE)\]"
    r"|<(?P<tag>code|pre|python|py|python_code|execute|execute_python|execute_ipython|tool_code|code_interpreter)"
    r"(?:\s[^<>]{0,200}+)?>)",
    re.IGNORECASE,
)
_TOKEN_END = re.compile(
    r"<\|(?:eom_id|eot_id|python_end|execute_end|action_end|im_end|end)\|>|</s>", re.IGNORECASE
)
_UNNAMED_TAGS = frozenset({"code", "pre"})


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a reply."""

    tag: str
    """The language that it names, lower case; ``python`` where its container says so."""
    text: str
    """What it holds, in the shape of a program if it is one."""
    start: int
    """Where the block begins in the reply, its mark included."""
    end: int
    closed: bool
    written: str
    """What it holds as it is written."""

    @property
    def is_python(self) -> bool:
        """It says that it holds Python."""
        return is_python(self.tag)

    @property
    def is_unnamed(self) -> bool:
        """It does not say what it holds."""
        return self.tag in UNNAMED

    @property
    def is_answer(self) -> bool:
        """It holds a marked answer and nothing else, which no program does."""
        text = self.text.strip()
        return text.startswith("<<<") and text.endswith(">>>") and len(text) > 6


def find_blocks(text: str, parser: Parser) -> list[Block]:
    r"""Return the blocks of a reply in order.

    Args:
        text: the reply without its thoughts, its lines ended by ``\n``.
        parser: the reply's.
    """
    return list(_Search(text, parser).blocks())


@dataclass(frozen=True, slots=True)
class _Container:
    """A tag that opens a block."""

    start: int
    end: int
    tag: str
    closing: re.Pattern[str]
    needs_end: bool
    """Without its end it is a mere mention."""


class _Search:
    """Goes through a reply from opening to opening."""

    def __init__(self, text: str, parser: Parser) -> None:
        self._text = text
        self._parser = parser
        self._fences = list(find_fences(text))
        self._containers = list(islice(_containers(text), MAX_FENCES))
        self._container_starts = [container.start for container in self._containers]
        self._endings: dict[re.Pattern[str], re.Match[str] | None] = {}

    def blocks(self) -> Iterator[Block]:
        at, edge, container = 0, 0, 0
        while True:
            while edge < len(self._fences) and self._fences[edge].start < at:
                edge += 1
            while container < len(self._containers) and self._containers[container].start < at:
                container += 1
            fence = self._fences[edge] if edge < len(self._fences) else None
            tag = self._containers[container] if container < len(self._containers) else None
            if tag is not None and (fence is None or tag.start < fence.start):
                block = self._in_tags(tag, self._fences[edge:])
                at = block.end if block else tag.end
            elif fence is not None:
                block = self._in_line(fence) or self._fenced(edge)
                at = block.end if block else self._behind(fence)
            else:
                return
            if block is not None:
                yield block

    def _behind(self, fence: Fence) -> int:
        """Return where to go on behind a mark that opens nothing; an answer's own fences are passed over."""
        if fence.in_mark:
            return max(self._text.find(">>>", fence.end), fence.end)
        return fence.end

    def _in_line(self, fence: Fence) -> Block | None:
        """Read a block that begins and ends on one line."""
        stop = self._text.find(fence.mark, fence.end, fence.line_end)
        if fence.in_mark or stop < 0:
            return None
        inside = self._text[fence.end : stop]
        info = Info.of(inside)
        named = is_python(info.tag) or info.tag in UNNAMED
        text = info.rest if named else inside.strip()
        return Block(
            info.tag if named else "", text, fence.start, stop + len(fence.mark), closed=True, written=text
        )

    def _fenced(self, index: int) -> Block | None:
        """Read a block of several lines; None if the mark opens none or the fence holds a reply."""
        fence = self._fences[index]
        if not fence.opens():
            return None
        tag, ends = fence.info.tag, self._ends(fence, index)
        if tag in MARKDOWN:
            return None
        if is_python(tag) or tag in UNNAMED or fence.begins_code():
            for end in ends[:MAX_CLOSING_FENCES]:
                if not self._parser.affords((end.start if end else len(self._text)) - fence.start):
                    break
                block = self._block(fence, end)
                if self._parser.tree(block.text) is not None:
                    return block
            if tag in UNNAMED and ends[0] is not None and is_python(ends[0].info.tag):
                return None  # It is around a reply, whose own fences are yet to come.
        return self._block(fence, ends[0])

    def _ends(self, fence: Fence, index: int) -> list[Fence | None]:
        """Return the marks that may end a block, the likeliest first where no text parses; None: the reply's end."""
        at_lines: list[Fence] = []
        in_lines: list[Fence] = []
        for edge in self._fences[index + 1 :]:
            if edge.closes(fence.mark) or edge.begins_another():
                at_lines.append(edge)
            elif edge.closes_in_line(fence.mark):
                in_lines.append(edge)
            if len(at_lines) + len(in_lines) == MAX_CLOSING_FENCES:
                break
        found = sorted([*at_lines[1:], *in_lines], key=lambda edge: edge.start)
        return [*at_lines[:1], *found] or [None]

    def _block(self, fence: Fence, end: Fence | None) -> Block:
        text = self._text[min(fence.line_end + 1, len(self._text)) : end.start if end else len(self._text)]
        if end is not None and end.leads:
            text = text.rpartition("\n")[0]
        tag, text = self._with_first_line(fence, text)
        taken = end is not None and (end.closes(fence.mark) or end.closes_in_line(fence.mark))
        stop = (end.end if taken else end.start) if end else len(self._text)
        return Block(
            tag,
            normalize_code(text, fence.before, self._parser),
            fence.start,
            stop,
            closed=taken,
            written=text,
        )

    def _with_first_line(self, fence: Fence, text: str) -> tuple[str, str]:
        """Put code that begins on the fence's own line in front; returns the tag and the text."""
        tag = fence.info.tag
        if not fence.info.rest or not fence.begins_code():
            return tag, text
        line = self._text[fence.end : fence.line_end]
        if not is_python(tag):
            return "", f"{line.strip()}\n{text}"
        whole = f"{Info.of(line).rest}\n{text}"
        return tag, whole if self._parser.tree(whole) is not None else text

    def _in_tags(self, opening: _Container, following: Sequence[Fence]) -> Block | None:
        """Read a block between tags; None if a fence inside says more, or a sentence only mentions the tag."""
        ending = self._ending_of(opening)
        if ending is None and opening.needs_end:
            return None
        stop = ending.start() if ending else len(self._text)
        if following and following[0].start < stop and following[0].opens():
            return None
        holds_another = self._next_container(opening) < stop
        if holds_another and not self._parser.affords(stop - opening.end):
            return None
        written = self._text[opening.end : stop].strip("\n")
        text = normalize_code(written, "", self._parser)
        if holds_another and self._parser.tree(text) is None:
            return None
        end = ending.end() if ending else stop
        return Block(opening.tag, text, opening.start, end, closed=ending is not None, written=written)

    def _next_container(self, opening: _Container) -> int:
        starts = self._container_starts
        index = bisect_right(starts, opening.start)
        return starts[index] if index < len(starts) else len(self._text)

    def _ending_of(self, opening: _Container) -> re.Match[str] | None:
        """Return the end of a container; looks no text through twice."""
        known = self._endings.get(opening.closing)
        if opening.closing not in self._endings or (known is not None and known.start() < opening.end):
            known = opening.closing.search(self._text, opening.end)
            self._endings[opening.closing] = known
        return known


def _containers(text: str) -> Iterator[_Container]:
    for found in _CONTAINER.finditer(text, max(0, len(text) - REACH)):
        if found["token"]:
            yield _Container(found.start(), found.end(), "python", _TOKEN_END, needs_end=False)
            continue
        name = (found["bracket"] or found["tag"]).lower()
        tag = "" if name in _UNNAMED_TAGS else "python"
        closing = re.compile(rf"\[/{name}\]" if found["bracket"] else rf"</{name}\s?>", re.IGNORECASE)
        mentioned = bool(found["tag"]) or text[found.end() : found.end() + 1] != "\n"
        yield _Container(found.start(), found.end(), tag, closing, needs_end=mentioned)
