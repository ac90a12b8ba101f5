"""The answers that a question leaves open: its lettered options, or yes and no."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from codesteer.checkers.asides import asks_for_choice_only
from codesteer.replies.options import QUESTION_LENGTH, listed_options, named_option
from codesteer.replies.yes_no import leading_choice, same_side

YES_OR_NO, TRUE_OR_FALSE = ("Yes", "No"), ("True", "False")
GUESSED_WORDS = 4
AFTER_LENGTH = 80
"""A text may go on for so long after its question, to say how to write the answer."""
BULLET = re.compile(r"^[ \t]*+[-*•][ \t]*+(yes|no)[ \t]*+$", re.MULTILINE | re.IGNORECASE)
_EITHER = r"(?:yes\s*(?:/|or)\s*no|true\s*(?:/|or)\s*(?P<{}>false))\b(?!\s?(?:/|,|or\b))"
OFFER = re.compile(
    rf"(?:^|[(\[<\"'*:,])[ \t]*+{_EITHER.format('first')}|\b{_EITHER.format('second')}[ \t]*+[:)\]>]"
    r"|\b(?:answers?|reply|respond|say|state|output|print|return|give|write|decide|with|only|either|just|a)\b"
    rf"[^.?!\n]{{0,40}}\b{_EITHER.format('third')}",
    re.MULTILINE | re.IGNORECASE,
)
"""An offer of yes and no, or true and false; people who "said yes or no" are none."""
SENTENCE = re.compile(r"[^.!?\n]{1,300}")
OF_SEVERAL = re.compile(r"\b(?:each|every|respectively|list|all of)\b", re.IGNORECASE)
"""In a sentence that offers yes and no: it wants several of them."""
POLAR = re.compile(
    r"(?:is|are|were|do|does|did|can|could|will|has|have|Is|Are|Were|Do|Does|Did|Can|Could|Will|Has|Have)\s"
    r"|[Ww]as\s(?:(?:the|an?|it|he|she|they|there|this|that|these|those|his|her|their|my|our|your|any|every|each)\b"
    r"|[A-Z])"
)
"""The opening of a question whether; "Was" may be German for "what"."""
REQUEST = re.compile(r"(?:can|could|will) (?:you|we|i)\b", re.IGNORECASE)
"""The opening of a polite request."""
ASKS_FOR_MORE = re.compile(r"\b(?:what|how|which|who|whom|whose|why)\b|\bor\b(?! not?\b)", re.IGNORECASE)
"""In a question whether: it asks for something else, or between alternatives."""
CHOOSES = re.compile(
    r"\b(?:options?|choices?|choose|select|pick|multiple.choice|alternatives?|letter of)\b"
    r"|\bcorrect (?:answer|letter|statement)\b|\bwhich\b[^.?!\n]*\?",
    re.IGNORECASE,
)
"""Signs that lettered lines are options."""
CHOOSES_SEVERAL = re.compile(
    r"\ball (?:that|which) (?:apply|are|hold)\b|\bone or more\b"
    r"|\bwhich (?:of [^.?!\n]{1,60} |\w{1,30} )?are\b[^.?!\n]*\?"
    r"|(?:^|[.!?:;]\s|\bplease )[ \t]{0,20}(?:sort|order|rank|arrange|match)\b",
    re.MULTILINE | re.IGNORECASE,
)
"""Signs that several options, or an order of them, are wanted."""
ASKS_AFTER = re.compile(
    r"\?|(?:^|[.!?:;]\s)[ \t]{0,20}(?:compute|calculate|count|sum|add|multiply|return|list|find|determine|simulate)\b",
    re.MULTILINE | re.IGNORECASE,
)
"""After lettered lines: they are what the question is about, unless it asks to choose."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers that a question leaves open."""

    names: tuple[str, ...]
    """As the answer has to name them: option letters, ``Yes`` and ``No``, or ``True`` and ``False``."""
    texts: tuple[str, ...] = ()
    """What the options say; naming an option by its text is as good."""
    guessed: bool = False
    """The question does not name them, it only reads like one whether: evidence for another answer overrules it."""

    def admit(self, answer: str) -> bool:
        """True if the answer names one of them, and not a list of them."""
        if self.texts:
            return named_option(answer, self.texts) is not None
        return leading_choice(answer) in {name.casefold() for name in self.names}

    def named(self, answer: str) -> str:
        """Return the choice that an answer names, as the question wants it named; else the answer as it is.

        A program prints ``True`` where the question wants ``Yes``, or an option's text where it wants its letter; a
        reply says "Yes, there is". More words than these may be the answer to a question that is only taken for one
        whether.
        """
        if self.texts:
            return named_option(answer, self.texts) or answer
        said = leading_choice(answer)
        if self.guessed and len(answer.split()) > GUESSED_WORDS:
            return answer
        return next((name for name in self.names if same_side(name.casefold(), said)), answer)

    def overruled_by(self, answer: str) -> bool:
        """True if the choices are a guess that this answer, for which there is evidence, shows to be wrong."""
        return self.guessed and not self.admit(self.named(answer))


def choices(question: str) -> Choices | None:
    """Return the possible answers of a question with lettered options or of a yes-or-no question; else None.

    Lettered lines that the question is about are no options, nor are those of which it wants several or an order.
    """
    question = question[-QUESTION_LENGTH:]
    options = listed_options(question)
    if options and _asks_to_choose(question, options):
        return Choices(tuple(options), tuple(options.values()))
    if len(BULLET.findall(question)) > 1:
        return Choices(YES_OR_NO)
    offers = [
        (offer, sentence) for sentence in SENTENCE.findall(question) if (offer := OFFER.search(sentence))
    ]
    for offer, sentence in offers:
        if not OF_SEVERAL.search(sentence):
            return Choices(TRUE_OR_FALSE if offer.lastgroup else YES_OR_NO)
    return Choices(YES_OR_NO, guessed=True) if not offers and _asks_whether(question) else None


def as_choice(question: str, answer: str) -> str:
    """Return the choice that an answer names, as the question wants it named; else the answer as it is."""
    open_answers = choices(question)
    return answer if open_answers is None else open_answers.named(answer)


def _asks_to_choose(question: str, options: Mapping[str, str]) -> bool:
    questions = sum(text.rstrip().endswith("?") for text in options.values())
    if 2 * questions >= len(options) or CHOOSES_SEVERAL.search(question):
        return False
    if CHOOSES.search(question):
        return True
    *_, last = options.values()
    return ASKS_AFTER.search(question, question.rindex(last) + len(last)) is None


def _asks_whether(question: str) -> bool:
    """True if the question at a text's end reads like one that wants a yes or a no, and nothing else is asked for."""
    sentences = re.split(r"(?<=[.!?:])\s+|\n", question.rstrip())
    position = next(
        (index for index in reversed(range(len(sentences))) if sentences[index].endswith("?")), None
    )
    if position is None:
        return False
    last, before = sentences[position], sentences[position - 1] if position else ""
    if not POLAR.match(last) or REQUEST.match(last) or ASKS_FOR_MORE.search(last):
        return False
    if before.endswith("?") and POLAR.match(before):
        return False  # one answer to each
    after = question.rstrip()[question.rindex(last) + len(last) :]
    return len(after) <= AFTER_LENGTH and asks_for_choice_only(after)
