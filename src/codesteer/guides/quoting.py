"""Marks text of models, programs and users, so that it cannot pass for a report or an instruction."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

TAG_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Quoter:
    """Puts texts between tags that occur in none of them."""

    tag: str

    @classmethod
    def for_texts(cls, texts: Iterable[str]) -> "Quoter":
        """Choose the tag: a hash of the texts, so that the same prompt is written for the same run.

        Args:
            texts: all that is to be quoted in one message.
        """
        text = "\0".join(texts).casefold()
        tag = _hash(text)
        while tag in text:
            tag = _hash(text + tag)
        return cls(tag)

    def quote(self, label: str, text: str) -> str:
        """Return the text between an opening and a closing tag, each on a line of its own."""
        return f"<{label}-{self.tag}>\n{text}\n</{label}-{self.tag}>"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:TAG_LENGTH]
