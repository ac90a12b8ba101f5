"""Find the lettered options of a question, and the one that an answer names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from string import ascii_uppercase

from codesteer.replies.latex import strip_latex_commands
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.option_mentions import mentioned_option
from codesteer.replies.option_texts import letters_by_text

MAX_ANSWER_LENGTH = 20_000
"""Characters of an answer that are searched for an option."""
MAX_LINES, QUESTION_LENGTH = 1000, 50_000
"""Maximum lines with options, and characters at the end of a question that are searched for them."""
_WIDE_LETTERS = "".join(chr(ord("Ａ") + index) for index in range(len(ascii_uppercase)))
_MARKUP = str.maketrans(_WIDE_LETTERS, ascii_uppercase, "$*`#")
_MATHEMATICS = re.compile(r"\\[()\[\]]")
_ALONE = re.compile(r"[\s(\[{<\"']{0,9}([A-Za-z])[\s)\]}>.\"':,;]{0,9}")
_LISTED = re.compile(
    r"^(?:[^\n]{0,300}?[:?][ \t]{1,3})?[ \t]{0,9}(?:[-*•>][ \t]{0,3})?[*_]{0,3}"
    r"(?P<open>[(\[]?)(?P<letter>[A-Z])(?P<close>\)|\]|\.(?=[\s*_]))[*_]{0,3}[ \t]{0,9}(?P<text>\S[^\n]*+)",
    re.MULTILINE,
)


def listed_options(question: str) -> Mapping[str, str]:
    """Map the letters of a question's options to their texts; empty unless there are at least ``A`` and ``B``.

    Options have the form ``(A) 3``, ``A) 3``, ``A. 3`` or ``[A] 3``, on separate lines or on one.
    """
    options: dict[str, str] = {}
    for match in islice(_LISTED.finditer(normalize_newlines(question[-QUESTION_LENGTH:])), MAX_LINES):
        for letter, text in _on_line(match):
            if letter == ascii_uppercase[len(options) : len(options) + 1]:
                options[letter] = text.strip(" \t*_,;")
    return options if len(options) > 1 else {}


def _on_line(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Yield an option and the following ones of the same form on its line."""
    letter, text = match["letter"], match["text"]
    for following in ascii_uppercase[ascii_uppercase.index(letter) + 1 :]:
        mark = f"{match['open']}{following}{match['close']} "
        if f" {mark}" not in text:
            break
        option, _, text = text.partition(f" {mark}")
        yield letter, option
        letter = following
    yield letter, text


def named_option(answer: str, options: Sequence[str]) -> str | None:
    r"""Return the letter of the option that an answer names; None for no option or several.

    An answer names an option by its letter, also as ``(B)``, ``$B$``, ``\text{B}`` or ``**B**``, by the letter and the
    text, by "Option B" within a sentence, or by the text alone. A letter that is another option's text is a letter; a
    letter beside another option's text names none.

    Args:
        answer: the answer.
        options: the texts of the options, starting with A.
    """
    plain = _MATHEMATICS.sub(" ", strip_latex_commands(answer[:MAX_ANSWER_LENGTH])).translate(_MARKUP).strip()
    letters = ascii_uppercase[: len(options)]
    texts = letters_by_text(plain, options)
    if alone := _ALONE.fullmatch(plain):
        return _meant_by_letter(alone[1], letters, texts, options)
    return texts[0] if len(texts) == 1 else mentioned_option(plain, options)


def _meant_by_letter(letter: str, letters: str, texts: Sequence[str], options: Sequence[str]) -> str | None:
    """Return the option that a single letter names: an option's letter is that option, whatever other options say.

    A small letter that is another option's text, as it stands there, may mean either.
    """
    if letter.upper() not in letters:
        return texts[0] if len(texts) == 1 else None
    others = [text for name, text in zip(letters, options, strict=True) if name != letter.upper()]
    return None if letter.islower() and letter in others else letter.upper()
