"""Marks that open and close code fences, with the line that each stands on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from codesteer.replies.languages import is_python

MAX_FENCES = 600
"""Fence marks looked at in one reply."""
INFO_LENGTH = 300
"""Characters of a line looked at on either side of a mark."""
_RUN = re.compile(r"`{3,}+|~{3,}+")
_ATTRIBUTES = re.compile(
    r"(?:\s*+(?:[\w.:-]++=(?:\"[^\"\n]*+\"|'[^'\n]*+'|[^\s\"'()]++)|\{[^{}\n]*+\}|\"[^\"\n]*+\"|[\w/-]++\.\w++|#[^\n]*+"
    r"|\([^()\n]*+\)|:\S++|,))*+\s*+"
)
_CODE = re.compile(r"(?:import|from|def|class|print|for|while|if|with)\b|@\w|[\w.]++[ \t]*+[=(]")
_TAG = re.compile(r"[ \t]*+(?:\{[ \t]*+\.?(?P<braced>[\w+#.-]++)[^{}\n]*+\}|(?P<plain>[\w+#.-]*+))")


@dataclass(frozen=True, slots=True)
class Info:
    """What stands behind an opening fence."""

    tag: str
    """The language, lower case."""
    rest: str
    """What is neither language nor attribute: code or prose."""

    @classmethod
    def of(cls, text: str) -> "Info":
        """Read the text behind an opening fence."""
        found = _TAG.match(text)
        tag = (found["braced"] or found["plain"] or "") if found else ""
        rest = text[found.end() :] if found else text
        attributes = _ATTRIBUTES.match(rest)
        return cls(tag.lower().strip(".-"), rest[attributes.end() if attributes else 0 :].strip())


@dataclass(frozen=True, slots=True)
class Fence:
    """A run of three or more backticks or tildes."""

    mark: str
    start: int
    end: int
    before: str
    """What stands before it on its line."""
    after: str
    """What stands behind it on its line."""
    line_end: int
    info: Info
    in_mark: bool
    """It stands right behind ``<<<``: the fence is part of the answer's form."""

    @property
    def leads(self) -> bool:
        """Nothing but indentation, quoting or a list's mark stands before it."""
        return not self.before.strip(" \t>*-+") or self.before.strip(" \t.)").isdecimal()

    @property
    def ends_line(self) -> bool:
        """Nothing stands behind it."""
        return not self.after.strip()

    def closes(self, mark: str) -> bool:
        """True if it can close a fence of this mark, alone on its line or before prose."""
        return self._fits(mark) and self.leads and (self.ends_line or not self._names_a_language())

    def closes_in_line(self, mark: str) -> bool:
        """True if it stands at the end of a line with code on it."""
        return self._fits(mark) and not self.leads and self.ends_line

    def opens(self) -> bool:
        """True if a fence begins here: with nothing, a language, its attributes or code behind it."""
        if self.in_mark:
            return False
        if self.leads:
            return not self.info.rest or not self.after[:1].isspace() or is_python(self.info.tag)
        option = is_python(self.info.tag) and " " not in self.info.rest
        return self.ends_line or option or (bool(self.info.tag) and not self.info.rest)

    def begins_another(self) -> bool:
        """True if it opens a fence although the one before was never closed."""
        named = bool(self.info.tag) and (not self.info.rest or is_python(self.info.tag))
        return self.leads and named and not self.in_mark

    def begins_code(self) -> bool:
        """True if code stands behind it, instead of a language or behind it."""
        begun = self.info.rest if is_python(self.info.tag) else self.after.strip()
        return _CODE.match(begun) is not None

    def _names_a_language(self) -> bool:
        return not self.after[:1].isspace() and bool(self.info.tag) and not self.info.rest

    def _fits(self, mark: str) -> bool:
        return self.mark[0] == mark[0] and len(self.mark) >= len(mark)


def find_fences(text: str, start: int = 0) -> Iterator[Fence]:
    """Yield the fence marks of a text in order; of a text that is full of them, the last ones."""
    begins = [place for run in ("```", "~~~") if (place := text.find(run, start)) >= 0]
    if not begins:
        return
    first = max(min(begins), _start_of_last(text))
    line_start, line_end = 0, -1
    for found in islice(_RUN.finditer(text, first), MAX_FENCES):
        if found.start() > line_end:
            line_start = text.rfind("\n", 0, found.start()) + 1
            line_end = text.find("\n", found.end())
            line_end = len(text) if line_end < 0 else line_end
        before = text[max(line_start, found.start() - INFO_LENGTH) : found.start()]
        after = text[found.end() : min(line_end, found.end() + INFO_LENGTH)]
        in_mark = text[max(0, found.start() - 20) : found.start()].rstrip().endswith("<<<")
        yield Fence(found[0], found.start(), found.end(), before, after, line_end, Info.of(after), in_mark)


def _start_of_last(text: str) -> int:
    """Return where to begin: in a text that is full of marks, near its end."""
    full = text.count("```") + text.count("~~~") > MAX_FENCES
    return max(0, len(text) - 4 * MAX_FENCES) if full else 0
