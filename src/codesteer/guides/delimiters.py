"""Delimit untrusted text in prompts, so that it cannot pass for a report or an instruction."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

SUFFIX_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Delimiter:
    """Wraps texts in tags that occur in none of them."""

    suffix: str
    """The end of every tag's name."""

    @classmethod
    def for_texts(cls, texts: Iterable[str]) -> "Delimiter":
        """Choose the suffix: a hash of the texts, so that a run always produces the same prompt.

        Args:
            texts: all texts to wrap in one message.
        """
        text = "\0".join(texts).casefold()
        suffix = _hash(text)
        while suffix in text:
            suffix = _hash(text + suffix)
        return cls(suffix)

    def wrap(self, label: str, text: str) -> str:
        """Return the text between an opening and a closing tag, each on a line of its own."""
        return f"<{label}-{self.suffix}>\n{text}\n</{label}-{self.suffix}>"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:SUFFIX_LENGTH]
