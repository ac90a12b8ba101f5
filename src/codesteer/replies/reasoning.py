"""Strip a model's reasoning, whose drafts are neither programs nor answers nor decisions.

Models write reasoning between tags, with or without attributes, or omit the opening tag if their chat template contains
it. Tags in the strings of a program, or mentioned in a sentence, do not start reasoning.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from codesteer.replies.fences import Fence, find_fences
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.program_detection import is_program_text
from codesteer.replies.syntax import Parser

MAX_TAGS = 300
"""Maximum number of tags analysed; of a reply with more, only the text after the last one counts."""
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
_REPLY_BEGIN = re.compile(r"\s*+<\|(?:START_RESPONSE|begin_of_solution)\|>", re.IGNORECASE)
_REPLY_END = re.compile(
    r"(?:(?:<\|(?:return|END_RESPONSE|end_of_solution|im_end|eot_id|end_of_text|endoftext|end_of_turn)\|>|</s>|<eos>"
    r"|<end_of_turn>)\s*+)++\Z",
    re.IGNORECASE,
)
"""Tokens that frame a reply; a server that does not know them passes them on."""
_END_LENGTH = 500
_BRACKETED = re.compile(r"[\[◁](?P<end>/?)(?:THINK\]|think▷)")
_QUOTES = "`\"'“”‘’«»"
_REPLY_STARTS = _QUOTES + " \t"
_SENTENCE_END = ".!?:…>*)"
_MENTIONED = re.compile(r"[`\"'”’»)\],.;:!?]|[ \t]++(?:[a-z(]|</?[a-z])")
_TAIL_LENGTH = 20_000
_HEAD_LENGTH, _SEARCH_LENGTH = 1000, 200_000
"""Of a longer text, only the beginning and the end are searched for tags."""


@dataclass(frozen=True, slots=True)
class _Tag:
    family: str
    closes: bool
    start: int
    end: int


def strip_reasoning(reply: str) -> str:
    """Return a reply without reasoning; empty if the reply was truncated inside it."""
    remaining = remove_reasoning(reply)
    return reply if remaining == reply else remaining.strip()


def remove_reasoning(reply: str) -> str:
    """Return a reply without reasoning, with the space around what remains, which matters in a continued program."""
    return _without_frame(_without_tagged(reply))


def _without_tagged(reply: str) -> str:
    text = reply
    if len(reply) > _SEARCH_LENGTH:
        text = reply[:_HEAD_LENGTH] + reply[_HEAD_LENGTH - _SEARCH_LENGTH :]
    tags = list(islice(_tags(text), MAX_TAGS + 1))
    if not tags or is_program_text(normalize_newlines(text)):
        return reply
    if len(tags) > MAX_TAGS:
        return _after_last_tag(text[-_TAIL_LENGTH:])
    stripper = _Stripper(text, tags)
    stripped = stripper.strip()
    return stripped if stripper.found else reply


def _without_frame(reply: str) -> str:
    """Remove the tokens around a reply, which are no part of it."""
    if begin := _REPLY_BEGIN.match(reply):
        reply = reply[begin.end() :]
    end = _REPLY_END.search(reply, max(0, len(reply) - _END_LENGTH))
    return reply[: end.start()] if end else reply


def ends_reasoning(text: str) -> bool:
    """Return whether a text continues reasoning that started before it: its first tag is a closing one."""
    first = next(_tags(text), None)
    return first is not None and first.closes


def _tags(text: str) -> Iterator[_Tag]:
    """Yield the tags in order; a reply has either bracketed or angled ones."""
    bracketed = "THINK]" in text or "think▷" in text
    return _bracketed_tags(text) if bracketed else _angled_tags(text)


def _bracketed_tags(text: str) -> Iterator[_Tag]:
    for match in _BRACKETED.finditer(text):
        yield _Tag(match[0][0], bool(match["end"]), match.start(), match.end())


def _angled_tags(text: str) -> Iterator[_Tag]:
    for match in _TAG.finditer(text):
        if match["name"]:
            family, closes = match["name"].lower(), bool(match["xml_end"])
        elif match["channel"] or match["final"]:
            family, closes = "channel", bool(match["final"])
        else:
            family, closes = match[0][-10:].lower(), not (match["begin"] or match["start"])
        if not match[0].endswith("/>"):
            yield _Tag(family, closes, match.start(), match.end())


def _after_last_tag(tail: str) -> str:
    """Return the text after the last closing tag, up to the next opening one."""
    tags = list(_tags(tail))
    closing = [tag for tag in tags if tag.closes]
    start = closing[-1].end if closing else 0
    opening = [tag.start for tag in tags if tag.start >= start]
    return tail[start : min(opening, default=len(tail))]


class _Stripper:
    """Strips reasoning from a reply, tag by tag."""

    def __init__(self, text: str, tags: Sequence[_Tag]) -> None:
        self._text = text
        self._tags = tags
        self._fences = list(find_fences(text))
        self._next_fence = 0
        self._open_fence: Fence | None = None
        self._position = 0
        """The end of the last reasoning."""

    def strip(self) -> str:
        """Return the text without reasoning."""
        parts: list[str] = []
        for index, tag in enumerate(self._tags):
            if tag.start < self._position:
                continue
            if tag.closes:
                if self._closes_unopened(tag):
                    parts.clear()
                    self._skip_to(tag.end)
                continue
            closing = self._closing_tag(index)
            if self._starts_reasoning(tag, has_closing=closing is not None):
                parts.append(self._text[self._position : tag.start])
                self._skip_to(closing.end if closing else len(self._text))
        return "".join([*parts, self._text[self._position :]])

    @property
    def found(self) -> bool:
        """Whether any reasoning was found."""
        return self._position > 0

    def _skip_to(self, end: int) -> None:
        """Continue after reasoning; fences that it left open count as closed."""
        self._position, self._open_fence = end, None
        while self._next_fence < len(self._fences) and self._fences[self._next_fence].start < end:
            self._next_fence += 1

    def _starts_reasoning(self, tag: _Tag, *, has_closing: bool) -> bool:
        """Distinguish an opening tag from a mention: it starts a line, or at least a sentence."""
        before = self._before(tag)
        if self._in_fence(tag) or _is_quoted(self._text, tag):
            return False
        if not before.strip():
            return has_closing or self._is_new_paragraph(tag)
        return has_closing and before.rstrip()[-1] in _SENTENCE_END and before.rstrip()[-1] != ":"

    def _is_new_paragraph(self, tag: _Tag) -> bool:
        """Return whether the tag starts a paragraph instead of continuing a sentence."""
        before = self._text[max(self._position, tag.start - 300) : tag.start]
        alone = self._text[tag.end : tag.end + 1] in ("", "\n", "\r")
        return alone or not before.strip() or before.rstrip()[-1] in _SENTENCE_END or "\n\n" in before[-9:]

    def _closing_tag(self, index: int) -> _Tag | None:
        """Return the tag that closes the reasoning, which may be nested.

        Without another, it is one that directly follows a word, although punctuation after it makes it look mentioned,
        or one of another name that nothing opened.
        """
        depth, last, attached = 1, None, None
        for tag in self._tags[index + 1 :]:
            if tag.family != self._tags[index].family:
                continue
            if self._is_mention(tag):
                attached = tag if self._is_attached(tag) else attached
                continue
            if tag.closes:
                depth, last = depth - 1, tag
                if depth == 0:
                    return tag
            elif not self._before(tag).strip():
                depth += 1
        return last or attached or self._closing_tag_of_another_name(index)

    def _closing_tag_of_another_name(self, index: int) -> _Tag | None:
        opened: Counter[str] = Counter()
        for tag in self._tags[index + 1 :]:
            if self._is_mention(tag):
                continue
            if not tag.closes:
                opened[tag.family] += 1
            elif not opened[tag.family]:
                return tag
            else:
                opened[tag.family] -= 1
        return None

    def _is_attached(self, tag: _Tag) -> bool:
        is_quoted = _is_quoted(self._text, tag)
        return tag.closes and not is_quoted and not self._text[tag.start - 1].isspace()

    def _closes_unopened(self, tag: _Tag) -> bool:
        if self._is_mention(tag) or self._follows_a_mention(tag):
            return False
        fence = self._in_fence(tag)
        return fence is None or not self._is_literal(fence, tag)

    def _is_mention(self, tag: _Tag) -> bool:
        """Return whether a sentence mentions the tag: in quotes, or in the middle of the sentence."""
        if _is_quoted(self._text, tag):
            return True
        if not tag.closes or not self._before(tag).strip():
            return False
        follows = _MENTIONED.match(self._text, tag.end, tag.end + 20)
        if follows is None or self._text.startswith("```", tag.end):
            return False
        # Reasoning may end within a line, with the reply right after it: a blank, a quote or a fence.
        return self._text[tag.start - 1].isspace() or follows[0][0] not in _REPLY_STARTS

    def _follows_a_mention(self, tag: _Tag) -> bool:
        """Return whether the opening tag is mentioned earlier on the same line."""
        line = tag.start - len(self._before(tag))
        return any(line <= other.start < tag.start and not other.closes for other in self._tags)

    def _before(self, tag: _Tag) -> str:
        """Return the text before a tag on its line, after the last reasoning."""
        start = max(self._position, tag.start - 300)
        return self._text[start : tag.start].rpartition("\n")[2]

    def _in_fence(self, tag: _Tag) -> Fence | None:
        """Return the fence that is open at a tag, if any."""
        while self._next_fence < len(self._fences) and self._fences[self._next_fence].start < tag.start:
            fence = self._fences[self._next_fence]
            self._next_fence += 1
            if self._open_fence is None:
                self._open_fence = fence if fence.opens() and fence.marker not in fence.after else None
            elif fence.closes(self._open_fence.marker) or fence.closes_inline(self._open_fence.marker):
                self._open_fence = None
        return self._open_fence

    def _is_literal(self, fence: Fence, tag: _Tag) -> bool:
        """Return whether the tag is in a string of a fenced program."""
        closing = [other for other in self._fences if other.start > tag.end and other.closes(fence.marker)]
        if not closing:
            return False
        program = normalize_newlines(self._text[fence.line_end : closing[0].start])
        return Parser().tree(program) is not None


def _is_quoted(text: str, tag: _Tag) -> bool:
    before, after = text[max(0, tag.start - 3) : tag.start], text[tag.end : tag.end + 3]
    if "```" in (before, after):  # a fence, not a quotation mark
        return False
    return before[-1:] in tuple(_QUOTES) and after[:1] in tuple(_QUOTES)
