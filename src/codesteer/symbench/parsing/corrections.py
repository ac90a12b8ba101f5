"""Recognise words after an answer that take it back, doubt it, or announce another one."""

import re

_TAKES_BACK = re.compile(
    r"\b(?:wait|correction|corrected|correcting|sorry|oops|hm{2,9}|re-?check\w{0,3}|reconsider\w{0,3}|retract\w{0,3}"
    r"|revis(?:e|ed|ing|ion)|unsure|doubt\w{0,3}|unless|something else"
    r"|(?:that|this|which|it|answer)(?:['’]s| is| was) (?:wrong|false|incorrect|an? (?:mistake|error)|mistaken)"
    r"|not (?:really |entirely |quite )?(?:sure|certain|right|correct|the answer)"
    r"|also (?:possible|works?|fits|valid|correct|right|true)"
    r"|can(?:not|['’]t) (?:be )?(?:answer|determin|tell|know|decid|say|said)\w{0,4}"
    r"|unable|not enough|insufficient|unknown|no (?:idea|way to (?:tell|know)))\b"
    r"|(?:\A|[.!?;:,\n—–(-])\s{0,9}(?:but |or |no,? )?(?:actually|rather|better)\b",
    re.IGNORECASE,
)
_RIVALS = re.compile(
    r"\b(?:wrong|incorrect|mistak\w{1,9}|errors?|instead|alternativ\w{1,9}|maybe|perhaps|possibly|finally|final"
    r"|therefore|thus|hence|better|best|preferable|second|another|different|interpretation|reading|attempt|update\w?"
    r"|(?:may|might|could)(?: \w{1,12}){0,2} be|(?:should|must) be|however"
    r"|(?:answer|result|solution|option|choice)s?\s?(?:[:=]|is|are)"
    r"|i (?:think|believe|guess|get|would say))(?![\w'’])",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\W{0,9}(?:(?:it|this|that|(?:the|my)(?: [a-z]{1,12}){1,3}) )?"
    r"(?:(?:is|are|was|can|could|would|to be|definitely|certainly|surely|probably) ?){0,3}"
    r"(?:not|never|neither|nor|cannot|\w{2,6}n['’]t|no longer|(?:any|every)thing but|maybe|perhaps|possibly|unlikely"
    r"|if)\b",
    re.IGNORECASE,
)
_NOT_THOUGHT = re.compile(
    r"(?:n['’]t|\bnot|\bnever|\bcannot) (?:think|believe|say|claim|know|agree|sure|certain|tell|determine|decide"
    r"|confirm|verify|prove)(?: that| if| whether)?(?: [a-z]{1,12}){0,3}\s{0,3}\Z"
    r"|\bdoubt(?: that| if| whether)?(?: [a-z]{1,12}){0,3}\s{0,3}\Z|\b(?:wrong|incorrect|false|invalid)\s{1,3}\Z",
    re.IGNORECASE,
)
_BEFORE = 80
"""Characters before an announcement that are examined."""
_SPEAKS = re.compile(
    r"[\s*_#>(\"'–—-]{0,20}(?:(?i:explanation|reason(?:ing)?|justification|notes?|check(?:ing)?|verification|why|proof)\b"
    r"|(?!(?i:or|and|but|also|then|else|otherwise|next|so|now|no|nope|not|yes|if|move|step|agent|count|place|row|line"
    r"|queen|plan|positions?)\b)(?:[A-Z]?[a-z]{1,30}|I)(?:,|['’][a-z]{1,3})?\s{1,3}[A-Za-z][a-z]{1,30}"
    r"(?![\w ]{0,30}[:=]))"
)
"""A sentence, or an explanation after its label; a value with another label is another answer."""


def takes_back(text: str) -> bool:
    """Whether a text that follows an answer takes it back or doubts it."""
    return _TAKES_BACK.search(text) is not None


def denies(text: str) -> bool:
    """Whether a text begins with a denial or doubt, or takes back what it says."""
    return _DENIED.match(text) is not None or takes_back(text)


def is_denied(before: str) -> bool:
    """Whether the sentence that leads to an announcement denies it, as in "I do not think that the answer is"."""
    return _NOT_THOUGHT.search(before[-_BEFORE:]) is not None


def only_explains(text: str) -> bool:
    """Whether a text that follows an answer leaves it as it is: words, without another answer or a correction."""
    if not text.strip():
        return True
    return _SPEAKS.match(text) is not None and not takes_back(text) and _RIVALS.search(text) is None
