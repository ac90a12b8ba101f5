"""Find the code fences of a reply: runs of backticks or tildes that may open or close a code block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from codesteer.replies.languages import is_python

MAX_FENCES = 600
"""Maximum number of fences examined in one reply."""
INFO_LENGTH = 300
"""Characters of a line examined on either side of a fence."""
_RUN = re.compile(r"`{3,}+|~{3,}+")
_ATTRIBUTES = re.compile(
    r"(?:\s*+(?:[\w.:-]++=(?:\"[^\"\n]*+\"|'[^'\n]*+'|[^\s\"'()]++)|\{[^{}\n]*+\}|\"[^\"\n]*+\"|[\w/-]++\.\w++|#[^\n]*+"
    r"|\([^()\n]*+\)|:\S++|,))*+\s*+"
)
_CODE = re.compile(r"(?:import|from|def|class|print|for|while|if|with)\b|@\w|[\w.]++[ \t]*+[=(]")
_TAG = re.compile(r"[ \t]*+(?:\{[ \t]*+\.?(?P<braced>[\w+#.-]++)[^{}\n]*+\}|(?P<plain>[\w+#.-]*+))")


@dataclass(frozen=True, slots=True)
class InfoString:
    """The info string: the text after an opening fence."""

    tag: str
    """The language, in lower case."""
    rest: str
    """The rest after language and attributes: code or prose."""

    @classmethod
    def parse(cls, text: str) -> "InfoString":
        """Parse the text after an opening fence."""
        match = _TAG.match(text)
        tag = (match["braced"] or match["plain"] or "") if match else ""
        rest = text[match.end() :] if match else text
        attributes = _ATTRIBUTES.match(rest)
        return cls(tag.lower().strip(".-"), rest[attributes.end() if attributes else 0 :].strip())


@dataclass(frozen=True, slots=True)
class Fence:
    """A run of three or more backticks or tildes."""

    marker: str
    """The backticks or tildes."""
    start: int
    end: int
    before: str
    """The text before it on its line."""
    after: str
    """The text after it on its line."""
    line_end: int
    info: InfoString
    in_answer: bool
    """It follows ``<<<`` directly, so it is part of a marked answer."""

    @property
    def starts_line(self) -> bool:
        """Only indentation, quote marks or a list marker precede it on its line."""
        return not self.before.strip(" \t>*-+") or self.before.strip(" \t.)").isdecimal()

    @property
    def ends_line(self) -> bool:
        """Nothing follows it on its line."""
        return not self.after.strip()

    def closes(self, marker: str) -> bool:
        """Return whether it can close a fence with this marker: alone on its line, or before prose."""
        return (
            self._matches(marker) and self.starts_line and (self.ends_line or not self._has_language_only())
        )

    def closes_inline(self, marker: str) -> bool:
        """Return whether it can close a fence at the end of a line of code."""
        return self._matches(marker) and not self.starts_line and self.ends_line

    def opens(self) -> bool:
        """Return whether it can open a block: followed by nothing, a language, attributes or code."""
        if self.in_answer:
            return False
        if self.starts_line:
            return not self.info.rest or not self.after[:1].isspace() or is_python(self.info.tag)
        has_option = is_python(self.info.tag) and " " not in self.info.rest
        return self.ends_line or has_option or (bool(self.info.tag) and not self.info.rest)

    def opens_another(self) -> bool:
        """Return whether it opens a block although the one before was never closed."""
        has_language = bool(self.info.tag) and (not self.info.rest or is_python(self.info.tag))
        return self.starts_line and has_language and not self.in_answer

    def is_followed_by_code(self) -> bool:
        """Return whether code follows on the same line, with or without a language before it."""
        following = self.info.rest if is_python(self.info.tag) else self.after.strip()
        return _CODE.match(following) is not None

    def _has_language_only(self) -> bool:
        return not self.after[:1].isspace() and bool(self.info.tag) and not self.info.rest

    def _matches(self, marker: str) -> bool:
        return self.marker[0] == marker[0] and len(self.marker) >= len(marker)


def find_fences(text: str, start: int = 0) -> Iterator[Fence]:
    """Yield the fences of a text in order; of a text with too many, the last ones."""
    starts = [index for run in ("```", "~~~") if (index := text.find(run, start)) >= 0]
    if not starts:
        return
    first = max(min(starts), _search_start(text))
    line_start, line_end = 0, -1
    for match in islice(_RUN.finditer(text, first), MAX_FENCES):
        if match.start() > line_end:
            line_start = text.rfind("\n", 0, match.start()) + 1
            line_end = text.find("\n", match.end())
            line_end = len(text) if line_end < 0 else line_end
        before = text[max(line_start, match.start() - INFO_LENGTH) : match.start()]
        after = text[match.end() : min(line_end, match.end() + INFO_LENGTH)]
        in_answer = text[max(0, match.start() - 20) : match.start()].rstrip().endswith("<<<")
        yield Fence(
            match[0], match.start(), match.end(), before, after, line_end, InfoString.parse(after), in_answer
        )


def _search_start(text: str) -> int:
    """Return where to start the search: near the end of a text with too many fences."""
    too_many = text.count("```") + text.count("~~~") > MAX_FENCES
    return max(0, len(text) - 4 * MAX_FENCES) if too_many else 0
