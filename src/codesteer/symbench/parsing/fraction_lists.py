"""Write the numbers of a list or grid without spaces and brackets of their own: ``-3 / 2, (7/4), 1 3/4``."""

import re

from codesteer.symbench.parsing.roundings import without_approximations

_SLASH = re.compile(r"(?<=\d)[ \t]?/[ \t]?(?=[-+]?\d)", re.ASCII)
_BRACKETED = re.compile(r"(?<![\w)\]])\(\s?([-+]?[\d.]{1,60}(?:/\d{1,60})?)\s?\)(?![\w(\[])", re.ASCII)
_MIXED = re.compile(
    r"((?:\A|[,;\[(\n])[ \t]?)([-+]?)(\d{1,30})[ \t](\d{1,30})/(\d{1,30})(?=[ \t]?(?:[,;\])\n]|\Z))", re.ASCII
)


def plain_fractions(text: str) -> str:
    """Return a list of numbers, each in one piece; mixed numbers are recognised in lists with commas only."""
    text = _BRACKETED.sub(r"\1", without_approximations(_SLASH.sub("/", text)))
    return _MIXED.sub(_improper, text) if "," in text else text


def _improper(mixed: re.Match[str]) -> str:
    before, sign, whole, above, below = mixed.groups()
    if not 0 < int(above) < int(below):
        return mixed[0]
    return f"{before}{sign}{int(whole) * int(below) + int(above)}/{below}"
