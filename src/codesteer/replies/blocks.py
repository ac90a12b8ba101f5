"""Find the code blocks of a reply: fenced blocks, programs between tags, or else a program after prose."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from codesteer.replies.code_normalization import is_commands_only, is_marked_answer, normalize_code
from codesteer.replies.fences import MAX_FENCES, Fence, InfoString, find_fences
from codesteer.replies.languages import MARKDOWN, UNTAGGED, is_python
from codesteer.replies.syntax import Parser
from codesteer.replies.unfenced import Unfenced, find_prefilled, find_unfenced

SEARCH_LENGTH = 200_000
"""Characters at the end of a reply that are searched for tags."""
MAX_CLOSING_FENCES = 20
"""Closing fences tried for one block: a program's strings may contain fences too."""
_OPENING_TAG = re.compile(
    r"(?=[<\[][|a-z])(?:<\|(?P<token>python_tag|python_start|execute_start|interpreter)\|>"
    r"|\[(?P<bracket>PYTHON|CODE)\]"
    r"|<(?P<tag>code|pre|python|py|python_code|execute|execute_python|execute_ipython|tool_code|code_interpreter)"
    r"(?:\s[^<>]{0,200}+)?>)",
    re.IGNORECASE,
)
_TOKEN_END = re.compile(
    r"<\|(?:eom_id|eot_id|python_end|execute_end|action_end|im_end|end)\|>|</s>", re.IGNORECASE
)
_GENERIC_TAGS = frozenset({"code", "pre"})


@dataclass(frozen=True, slots=True)
class Block:
    """A code block of a reply."""

    tag: str
    """The language, in lower case; ``python`` if its tag says so, empty if none is named."""
    text: str
    """The content, normalised if it is a program."""
    start: int
    """The block's position in the reply, including its fences or tags."""
    end: int
    closed: bool
    raw: str
    """The content as written."""

    @property
    def is_python(self) -> bool:
        """Its language is Python."""
        return is_python(self.tag)

    @property
    def is_untagged(self) -> bool:
        """It names no language."""
        return self.tag in UNTAGGED

    @property
    def is_answer(self) -> bool:
        """It contains a marked answer and nothing else."""
        return is_marked_answer(self.raw) or is_marked_answer(self.text)


def find_blocks(text: str, parser: Parser) -> list[Block]:
    r"""Return the blocks of a reply in order.

    Args:
        text: the reply without reasoning, with ``\n`` as line breaks.
        parser: the parser for this reply.
    """
    search = _Search(text, parser)
    if prefilled := find_prefilled(text, search.first_fence, parser):
        return [_block_of(prefilled, text), *search.blocks(prefilled.end)]
    blocks = list(search.blocks())
    code = None if blocks else find_unfenced(text, parser)
    return blocks if code is None else [_block_of(code, text)]


def _block_of(code: Unfenced, text: str) -> Block:
    return Block("", code.text, code.start, code.end, closed=True, raw=text[code.start : code.end])


@dataclass(frozen=True, slots=True)
class _OpeningTag:
    """A tag that opens a block."""

    start: int
    end: int
    tag: str
    closing: re.Pattern[str]
    requires_closing: bool
    """Without a closing tag it is a mention in a sentence."""


class _Search:
    """Searches a reply block by block."""

    def __init__(self, text: str, parser: Parser) -> None:
        self._text = text
        self._parser = parser
        self._fences = list(find_fences(text))
        self._opening_tags = list(islice(_opening_tags(text), MAX_FENCES))
        self._tag_starts = [tag.start for tag in self._opening_tags]
        self._closing_tags: dict[re.Pattern[str], re.Match[str] | None] = {}

    @property
    def first_fence(self) -> Fence | None:
        """The first fence; None without one, or if a tag that opens code precedes it."""
        fence = self._fences[0] if self._fences else None
        tags_before = fence is not None and any(tag.start < fence.start for tag in self._opening_tags)
        return None if tags_before else fence

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """Yield the blocks from a position on."""
        position, next_fence, next_tag = start, 0, 0
        while True:
            while next_fence < len(self._fences) and self._fences[next_fence].start < position:
                next_fence += 1
            while next_tag < len(self._opening_tags) and self._opening_tags[next_tag].start < position:
                next_tag += 1
            fence = self._fences[next_fence] if next_fence < len(self._fences) else None
            tag = self._opening_tags[next_tag] if next_tag < len(self._opening_tags) else None
            if tag is not None and (fence is None or tag.start < fence.start):
                block = self._tagged_block(tag, self._fences[next_fence:])
                position = block.end if block else tag.end
            elif fence is not None:
                block = self._inline_block(fence) or self._fenced_block(next_fence)
                position = block.end if block else self._after(fence)
            else:
                return
            if block is not None:
                yield block

    def _after(self, fence: Fence) -> int:
        """Return where to continue after a fence that opens no block; skip the fences of a marked answer."""
        if fence.in_answer:
            return max(self._text.find(">>>", fence.end), fence.end)
        return fence.end

    def _inline_block(self, fence: Fence) -> Block | None:
        """Return a block that opens and closes on one line."""
        stop = self._text.find(fence.marker, fence.end, fence.line_end)
        if fence.in_answer or stop < 0:
            return None
        content = self._text[fence.end : stop]
        info = InfoString.parse(content)
        has_language = is_python(info.tag) or info.tag in UNTAGGED
        text = info.rest if has_language else content.strip()
        return Block(
            info.tag if has_language else "",
            text,
            fence.start,
            stop + len(fence.marker),
            closed=True,
            raw=text,
        )

    def _fenced_block(self, index: int) -> Block | None:
        """Return the block of several lines that a fence opens; None if it opens none, or encloses a whole reply."""
        fence = self._fences[index]
        if not fence.opens():
            return None
        tag, closings = fence.info.tag, self._closing_fences(fence, index)
        if tag in MARKDOWN:
            return None
        if is_python(tag) or tag in UNTAGGED or fence.is_followed_by_code():
            for closing in closings[:MAX_CLOSING_FENCES]:
                if not self._parser.can_parse((closing.start if closing else len(self._text)) - fence.start):
                    break
                block = self._block(fence, closing)
                if self._parser.tree(block.text) is not None or is_commands_only(block.text):
                    return block
            if tag in UNTAGGED and closings[0] is not None and is_python(closings[0].info.tag):
                return None  # It encloses a reply, whose own fences follow.
        return self._block(fence, closings[0])

    def _closing_fences(self, fence: Fence, index: int) -> list[Fence | None]:
        """Return the fences that may close a block, the default first; ``None`` stands for the end of the reply."""
        at_line_start: list[Fence] = []
        inline: list[Fence] = []
        for other in self._fences[index + 1 :]:
            if other.closes(fence.marker) or other.opens_another():
                at_line_start.append(other)
            elif other.closes_inline(fence.marker):
                inline.append(other)
            if len(at_line_start) + len(inline) == MAX_CLOSING_FENCES:
                break
        others = sorted([*at_line_start[1:], *inline], key=lambda other: other.start)
        return [*at_line_start[:1], *others] or [None]

    def _block(self, fence: Fence, closing: Fence | None) -> Block:
        stop = closing.start if closing else len(self._text)
        text = self._text[min(fence.line_end + 1, len(self._text)) : stop]
        if closing is not None and closing.starts_line:
            text = text.rpartition("\n")[0]
        tag, text = self._with_code_on_fence_line(fence, text)
        closed = False
        if closing is not None and (closing.closes(fence.marker) or closing.closes_inline(fence.marker)):
            stop, closed = closing.end, True
        return Block(
            tag,
            normalize_code(text, fence.before, self._parser, is_python=is_python(tag)),
            fence.start,
            stop,
            closed=closed,
            raw=text,
        )

    def _with_code_on_fence_line(self, fence: Fence, text: str) -> tuple[str, str]:
        """Prepend code that starts on the fence's own line; return the language and the text."""
        tag = fence.info.tag
        if not fence.info.rest or not fence.is_followed_by_code():
            return tag, text
        line = self._text[fence.end : fence.line_end]
        if not is_python(tag):
            return "", f"{line.strip()}\n{text}"
        whole = f"{InfoString.parse(line).rest}\n{text}"
        return tag, whole if self._parser.tree(whole) is not None else text

    def _tagged_block(self, opening: _OpeningTag, following: Sequence[Fence]) -> Block | None:
        """Return the block between tags; None if it contains a fenced block, or the tag is only mentioned."""
        closing = self._closing_tag(opening)
        if closing is None and opening.requires_closing:
            return None
        stop = closing.start() if closing else len(self._text)
        if following and following[0].start < stop and following[0].opens():
            return None
        contains_tag = self._next_tag(opening) < stop
        if contains_tag and not self._parser.can_parse(stop - opening.end):
            return None
        raw = self._text[opening.end : stop].strip("\n")
        text = normalize_code(raw, "", self._parser, is_python=is_python(opening.tag))
        if contains_tag and self._parser.tree(text) is None:
            return None
        end = closing.end() if closing else stop
        return Block(opening.tag, text, opening.start, end, closed=closing is not None, raw=raw)

    def _next_tag(self, opening: _OpeningTag) -> int:
        starts = self._tag_starts
        index = bisect_right(starts, opening.start)
        return starts[index] if index < len(starts) else len(self._text)

    def _closing_tag(self, opening: _OpeningTag) -> re.Match[str] | None:
        """Return the closing tag; cached, so that no text is searched twice."""
        known = self._closing_tags.get(opening.closing)
        if opening.closing not in self._closing_tags or (known is not None and known.start() < opening.end):
            known = opening.closing.search(self._text, opening.end)
            self._closing_tags[opening.closing] = known
        return known


def _opening_tags(text: str) -> Iterator[_OpeningTag]:
    for match in _OPENING_TAG.finditer(text, max(0, len(text) - SEARCH_LENGTH)):
        if match["token"]:
            yield _OpeningTag(match.start(), match.end(), "python", _TOKEN_END, requires_closing=False)
            continue
        name = (match["bracket"] or match["tag"]).lower()
        tag = "" if name in _GENERIC_TAGS else "python"
        closing = re.compile(rf"\[/{name}\]" if match["bracket"] else rf"</{name}\s?>", re.IGNORECASE)
        may_be_mention = bool(match["tag"]) or text[match.end() : match.end() + 1] != "\n"
        yield _OpeningTag(match.start(), match.end(), tag, closing, requires_closing=may_be_mention)
