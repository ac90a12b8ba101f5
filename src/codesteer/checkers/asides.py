"""Sentences around a question that do not change what it asks for: greetings, and how to write the answer."""

import re

from codesteer.replies.question_data import EXAMPLE

_PHRASES = (
    "all (?:the |its )?digits|any explanation|at the end|(?:do not|don't) (?:round|explain|approximate|guess)"
    "|following (?:form|format|problem|exercise|question|expression)|for example"
    "|good (?:morning|evening|day)|how you (?:got|get) (?:it|there)"
    "|of the (?:form|answer|result|problem|question|exercise)|one (?:integer|line|number|sentence|word)|step by step"
    "|in short|a short"
    "|with a minus sign(?: if (?:it is )?negative)?|without (?:units|explanation)"
)
_WORDS = (
    "a an and answer answers any as assistant be below between brackets briefly by calculate can careful "
    "carefully check clearly code compute computing correct could dear decide detail determine directly enclose "
    "enclosed end evaluate exact exactly exercise explain explanation expression final finally for format from "
    "give hello help hey hi i in inside integer is it just justify like marks math me must my need number numeric "
    "numerical only or output place please present print problem program provide put python question reason "
    "reasoning reply report respond response result return returning run script should show single so solution "
    "solve solving state step steps surround surrounded tags task tell thank thanks that the then there these "
    "think this to use using value verify want whole why with within work working would wrap wrapped write "
    "writing you your"
).replace(" ", "|")
_HARMLESS = re.compile(rf"(?:[\s,:;()\"'’`*_#>-]|\b(?:{_PHRASES}|{_WORDS})\b)*+", re.IGNORECASE)
_CHOICE = re.compile(r"\b(?:yes|no|true|false|either|whether)\b", re.IGNORECASE)
_SENTENCES = re.compile(r"[.!?\n…]+")
MAX_LENGTH = 1000


def asks_nothing(text: str) -> bool:
    """Return whether every sentence of a text only greets, or says how to work and how to write the answer.

    Texts of other words are taken to ask for something. Examples of answers between ``<<<`` and ``>>>`` are ignored.
    """
    if len(text) > MAX_LENGTH:
        return False
    sentences = _SENTENCES.split(EXAMPLE.sub(" ", text))
    return all(_HARMLESS.fullmatch(sentence) is not None for sentence in sentences)


def asks_for_choice_only(text: str) -> bool:
    """Return whether a text asks for nothing but one of two answers, such as yes and no."""
    return asks_nothing(_CHOICE.sub(" ", text))
