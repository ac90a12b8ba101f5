"""The form of answers: whether one is among those that its question leaves open, whether two say the same."""

import re
from dataclasses import dataclass

OPTION = re.compile(r"^\s*\(([A-Z])\)\s*(\S.*?)\s*$", re.MULTILINE)
BULLET = re.compile(r"^\s*[-*•]\s*(yes|no)\s*$", re.MULTILINE | re.IGNORECASE)
YES_OR_NO = re.compile(r"\byes\s*(?:/|or)\s*no\b", re.IGNORECASE)
POLAR = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|has|have)\s[^.?!:\n]*\?",
    re.IGNORECASE,
)
AFTER_LENGTH = 80
"""A text may go on for so long after its question, to say how to write the answer."""
LETTER = re.compile(r"\(([a-z])\).*|([a-z])(?:[.:)].*)?", re.DOTALL)
TOKEN = re.compile(r"(?P<number>(?<![\w.])-?\d+(?:\.\d+)?)(?![\w.])|\w+|[^\w\s\[\]{}'\",]")
AROUND = " \t\n\"'`*[](){}."


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers that a question leaves open."""

    names: tuple[str, ...]
    """As the answer has to name them: option letters, or ``Yes`` and ``No``."""
    texts: tuple[str, ...] = ()
    """What the options say; naming an option by its text is as good."""

    def admit(self, answer: str) -> bool:
        """True if the answer names one of them."""
        said = answer.strip(AROUND).casefold()
        if said in {text.strip(AROUND).casefold() for text in (*self.names, *self.texts)}:
            return True
        if self.texts:
            letter = LETTER.fullmatch(answer.strip().casefold())
            return letter is not None and (letter[1] or letter[2]).upper() in self.names
        return said.split(",")[0].split(" ")[0] in {name.casefold() for name in self.names}


def choices(question: str) -> Choices | None:
    """Return the possible answers of a question with lettered options or of a yes-or-no question; else None."""
    options = dict(OPTION.findall(question))
    if len(options) > 1:
        return Choices(tuple(options), tuple(options.values()))
    if len(BULLET.findall(question)) > 1 or YES_OR_NO.search(question) or _asks_whether(question):
        return Choices(("Yes", "No"))
    return None


def fits(question: str, answer: str) -> bool:
    """True if the answer names one of the question's choices, or the question names none."""
    open_answers = choices(question)
    return open_answers is None or open_answers.admit(answer)


def same_answer(one: str, other: str) -> bool:
    """True if two answers say the same, apart from brackets, quotes, spacing, case and how numbers are written."""
    return _tokens(one) == _tokens(other)


def _tokens(answer: str) -> list[str | float]:
    found = TOKEN.finditer(answer.casefold())
    return [float(token[0]) if token["number"] else token[0] for token in found] or [answer]


def _asks_whether(question: str) -> bool:
    """True if the question at a text's end wants a yes or a no."""
    sentences = re.split(r"(?<=[.!?:])\s+|\n", question.rstrip())
    last = [sentence for sentence in sentences if sentence.endswith("?")]
    if not last or not POLAR.match(last[-1]):
        return False
    return len(question) - question.rindex(last[-1]) - len(last[-1]) <= AFTER_LENGTH
