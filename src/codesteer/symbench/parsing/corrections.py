"""Recognise words after an answer that take it back, doubt it, or announce another one."""

import re

_TAKES_BACK = re.compile(
    r"\b(?:wait|correction|corrected|correcting|sorry|oops|hmm{1,9}|re-?check\w{0,3}|reconsider\w{0,3}|retract\w{0,3}"
    r"|revis(?:e|ed|ing|ion)|unsure|doubt\w{0,3}|(?:that|this|which|it|answer)(?:['’]s| is| was) (?:not |in)correct"
    r"|(?:that|this|which|it|answer)(?:['’]s| is| was) (?:wrong|false|an? (?:mistake|error)|mistaken|not right)"
    r"|not (?:really |entirely |quite )?(?:sure|certain|the answer)"
    r"|can(?:not|['’]t) (?:be )?(?:answer|determin|tell|know|decid|say|said)\w{0,4}"
    r"|unable|not enough|insufficient|unknown|no (?:idea|way to (?:tell|know)))\b"
    r"|(?:\A|[.!?;:,\n—–(-])\s{0,9}(?:but |or |no,? )?(?:actually|rather|better)\b",
    re.IGNORECASE,
)
_RIVALS = re.compile(
    r"\b(?:wrong|incorrect|mistak\w{1,9}|errors?|instead|alternativ\w{1,9}|maybe|perhaps|possibly|finally|final"
    r"|therefore|thus|hence|(?:might|could|should|must) be|not (?:right|correct|true|valid)"
    r"|also (?:possible|works?|fits|valid|correct|right)|(?:answer|result|solution|option|choice)s?\s?(?:[:=]|is|are)"
    r"|i (?:think|believe|guess|get|would say))(?![\w'’])",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\W{0,9}(?:(?:it|this|that) )?(?:(?:is|are|was|can|could|would|definitely|certainly|surely|probably) ?){0,3}"
    r"(?:not|never|neither|nor|cannot|n['’]t|no longer|anything but|everything but)\b",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"[\s\W_]{0,20}(?!(?:or|and|but|also|then|else|otherwise|next|so|now)\b)"
    r"(?:(?:explanation|reason(?:ing)?|justification|notes?|check(?:ing)?|verification|steps?|why|where|proof)\b"
    r"|[a-z]{2,30}(?![\w ]{0,30}[:=])|[ai][ '’][a-z]{2})",
    re.IGNORECASE,
)
"""A sentence, or an explanation after its label; a value with another label is another answer."""


def takes_back(text: str) -> bool:
    """Whether a text that follows an answer takes it back or doubts it."""
    return _TAKES_BACK.search(text) is not None


def denies(text: str) -> bool:
    """Whether a text begins with a denial, or takes back what it says."""
    return _DENIED.match(text) is not None or takes_back(text)


def only_explains(text: str) -> bool:
    """Whether a text that follows an answer leaves it as it is: words, without another answer or a correction."""
    if not text.strip():
        return True
    return _SPEAKS.match(text) is not None and not takes_back(text) and _RIVALS.search(text) is None
