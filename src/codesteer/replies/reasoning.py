"""Drop what a model only thought: its drafts are neither programs nor answers nor decisions.

Models write thoughts between tags (with or without attributes), or leave out the first tag because their template
opened it for them. A tag that a program holds in a string, or that a sentence only mentions, begins no thought.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from codesteer.replies.fences import Fence, find_fences
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.program_detection import is_program_text
from codesteer.replies.syntax import Parser

MAX_TAGS = 300
"""Tags looked at one by one; of a reply with more, only what follows the last one is taken."""
_NAMES = (
    r"think|thinking|thoughts?|reasoning|reflection|scratchpad|(?:inner_?)?monologue|antthinking|seed:think"
)
_TAG = re.compile(
    rf"<(?=[/|a-z])(?:(?P<xml_end>/?)(?P<name>{_NAMES})(?=[\s/>])(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>"
    r"|\|(?:(?P<begin>begin)|end)_of_thought\|>"
    r"|\|(?:(?P<start>START)|END)_THINKING\|>"
    r"|(?:\|start\|>assistant<)?\|channel\|>(?P<channel>analysis|commentary)\b[^<]{0,200}+<\|message\|>"
    r"|(?P<final>(?:\|end\|><)?(?:\|start\|>assistant<)?\|channel\|>final[^<]{0,200}+<\|message\|>|\|end\|>))",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[\[◁](?P<end>/?)(?:THINK\]|think▷)")
_QUOTES = "`\"'“”‘’«»"
_BEGINNINGS = _QUOTES + " \t"
_SENTENCE_END = ".!?:…>*)"
_MENTIONED = re.compile(r"[`\"'”’»)\],.;:!?]|[ \t]++(?:[a-z(]|</?[a-z])")
_TAIL = 20_000
_HEAD, _REACH = 1000, 200_000
"""Of a longer text the beginning and the end are searched for tags."""


@dataclass(frozen=True, slots=True)
class _Tag:
    family: str
    closes: bool
    start: int
    end: int


def strip_reasoning(reply: str) -> str:
    """Return a reply without its thoughts; empty where it was cut off inside them."""
    text = reply if len(reply) <= _REACH else reply[:_HEAD] + reply[_HEAD - _REACH :]
    tags = list(islice(_tags(text), MAX_TAGS + 1))
    if not tags or is_program_text(normalize_newlines(text)):
        return reply
    if len(tags) > MAX_TAGS:
        return _after_last_tag(text[-_TAIL:])
    reading = _Reading(text, tags)
    spoken = reading.spoken()
    return spoken if reading.found else reply


def ends_reasoning(text: str) -> bool:
    """True if a text goes on with a thought that began before it: its first tag ends one."""
    first = next(_tags(text), None)
    return first is not None and first.closes


def _tags(text: str) -> Iterator[_Tag]:
    """Yield the tags in order; few replies have the bracketed kind, none has both."""
    bracketed = "THINK]" in text or "think▷" in text
    return _bracketed_tags(text) if bracketed else _angled_tags(text)


def _bracketed_tags(text: str) -> Iterator[_Tag]:
    for found in _BRACKETED.finditer(text):
        yield _Tag(found[0][0], bool(found["end"]), found.start(), found.end())


def _angled_tags(text: str) -> Iterator[_Tag]:
    for found in _TAG.finditer(text):
        if found["name"]:
            family, closes = found["name"].lower(), bool(found["xml_end"])
        elif found["channel"] or found["final"]:
            family, closes = "channel", bool(found["final"])
        else:
            family, closes = found[0][-10:].lower(), not (found["begin"] or found["start"])
        if not found[0].endswith("/>"):
            yield _Tag(family, closes, found.start(), found.end())


def _after_last_tag(tail: str) -> str:
    """Return what follows the last end of a thought; a text of tags alone has no reply in it."""
    tags = list(_tags(tail))
    closing = [tag for tag in tags if tag.closes]
    begin = closing[-1].end if closing else 0
    opening = [tag.start for tag in tags if tag.start >= begin]
    return tail[begin : min(opening, default=len(tail))].strip()


class _Reading:
    """Goes through a reply from tag to tag."""

    def __init__(self, text: str, tags: Sequence[_Tag]) -> None:
        self._text = text
        self._tags = tags
        self._fences = list(find_fences(text))
        self._next_fence = 0
        self._open: Fence | None = None
        self._at = 0
        """Where the last thought ended."""

    def spoken(self) -> str:
        """Return what is no thought."""
        kept: list[str] = []
        for index, tag in enumerate(self._tags):
            if tag.start < self._at:
                continue
            if tag.closes:
                if self._ends_what_was_never_opened(tag):
                    kept.clear()
                    self._leave(tag.end)
                continue
            end = self._end_of(index)
            if self._begins(tag, has_end=end is not None):
                kept.append(self._text[self._at : tag.start])
                self._leave(end.end if end else len(self._text))
        return "".join([*kept, self._text[self._at :]]).strip()

    @property
    def found(self) -> bool:
        """True once a thought was left behind."""
        return self._at > 0

    def _leave(self, end: int) -> None:
        """Go on behind a thought; fences that it left open are closed."""
        self._at, self._open = end, None
        while self._next_fence < len(self._fences) and self._fences[self._next_fence].start < end:
            self._next_fence += 1

    def _begins(self, tag: _Tag, *, has_end: bool) -> bool:
        """Tell a thought from a mention: it begins a line, or a sentence at least."""
        before = self._before(tag)
        if self._in_fence(tag) or _is_quoted(self._text, tag):
            return False
        if not before.strip():
            return has_end or self._is_new_paragraph(tag)
        return has_end and before.rstrip()[-1] in _SENTENCE_END and before.rstrip()[-1] != ":"

    def _is_new_paragraph(self, tag: _Tag) -> bool:
        """True if the line before is no sentence that goes on with the tag."""
        said = self._text[max(self._at, tag.start - 300) : tag.start]
        alone = self._text[tag.end : tag.end + 1] in ("", "\n", "\r")
        return alone or not said.strip() or said.rstrip()[-1] in _SENTENCE_END or "\n\n" in said[-9:]

    def _end_of(self, index: int) -> _Tag | None:
        """Return the tag that ends the thought; thoughts may hold others."""
        depth, last = 1, None
        for tag in self._tags[index + 1 :]:
            if tag.family != self._tags[index].family or self._is_mention(tag):
                continue
            if tag.closes:
                depth, last = depth - 1, tag
                if depth == 0:
                    return tag
            elif not self._before(tag).strip():
                depth += 1
        return last

    def _ends_what_was_never_opened(self, tag: _Tag) -> bool:
        if self._is_mention(tag) or self._follows_a_mention(tag):
            return False
        fence = self._in_fence(tag)
        return fence is None or not self._is_literal(fence, tag)

    def _is_mention(self, tag: _Tag) -> bool:
        """True if a sentence speaks about the tag: in quotes, or with the sentence going on behind it."""
        if _is_quoted(self._text, tag):
            return True
        if not tag.closes or not self._before(tag).strip():
            return False
        follows = _MENTIONED.match(self._text, tag.end, tag.end + 20)
        if follows is None or self._text.startswith("```", tag.end):
            return False
        # A thought may end in mid-line, and the reply begin at once: with a blank, a quote, a fence.
        return self._text[tag.start - 1].isspace() or follows[0][0] not in _BEGINNINGS

    def _follows_a_mention(self, tag: _Tag) -> bool:
        """True if the sentence mentioned the beginning before, on the same line."""
        line = tag.start - len(self._before(tag))
        return any(line <= other.start < tag.start and not other.closes for other in self._tags)

    def _before(self, tag: _Tag) -> str:
        """Return what stands before a tag on its line, behind the last thought."""
        begin = max(self._at, tag.start - 300)
        return self._text[begin : tag.start].rpartition("\n")[2]

    def _in_fence(self, tag: _Tag) -> Fence | None:
        """Return the fence that is open at a tag."""
        while self._next_fence < len(self._fences) and self._fences[self._next_fence].start < tag.start:
            edge = self._fences[self._next_fence]
            self._next_fence += 1
            if self._open is None:
                self._open = edge if edge.opens() and edge.mark not in edge.after else None
            elif edge.closes(self._open.mark) or edge.closes_in_line(self._open.mark):
                self._open = None
        return self._open

    def _is_literal(self, fence: Fence, tag: _Tag) -> bool:
        """True if the fence around a tag holds a program, with the tag in a string of it."""
        closing = [edge for edge in self._fences if edge.start > tag.end and edge.closes(fence.mark)]
        if not closing:
            return False
        program = normalize_newlines(self._text[fence.line_end : closing[0].start])
        return Parser().tree(program) is not None


def _is_quoted(text: str, tag: _Tag) -> bool:
    before, after = text[max(0, tag.start - 3) : tag.start], text[tag.end : tag.end + 3]
    if "```" in (before, after):  # a fence, no quotation mark
        return False
    return before[-1:] in tuple(_QUOTES) and after[:1] in tuple(_QUOTES)
