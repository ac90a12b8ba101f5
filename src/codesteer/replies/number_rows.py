"""Read the row of numbers that a question names, whole or not at all."""

import re

MIN_NUMBERS = 3
_NUMBER = r"-?\d{1,40}+(?:\.\d{1,40}+)?"
_ROW = re.compile(
    r"\b(?:numbers?|values?|inputs?)\b(?:[ \t](?:is|are))?:?[ \t]{0,3}"
    rf"(?P<row>{_NUMBER}(?:[ \t]?[,;][ \t]?{_NUMBER}|[ \t]{_NUMBER}){{1,2000}}+)"
    rf"(?:(?P<last>[ \t]?,?[ \t](?:and|or|&)[ \t])(?P<final>{_NUMBER}))?+",
    re.IGNORECASE,
)
_ONE = re.compile(_NUMBER)
_GOES_ON = re.compile(
    r"[\w%^*/!°×÷·²³½]|\.\d|[ \t]?[-–+*/×÷^=<>%|][ \t]?\S|[ \t]{0,3}(?:[,;]\s{0,3})?"
    r"(?:[-+±~$€£([{.]{0,3}\d|\.\.|…|(?:and|or|to|through|until|etc|und|et|y|bis)(?!\w)|&)"
    r"|[ \t]?[,;]\s{0,3}(?:[a-z]|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|inf\w*|nan|none"
    r"|null|pi|π|√\S*)(?!\w)",
    re.IGNORECASE,
)
"""After a row: more of it, or a number that was not read to its end."""
_SEPARATOR = re.compile(r"[ \t,;]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)


def read_numbers(text: str) -> list[float]:
    """Return the last row of numbers after "numbers", "values" or "input"; earlier ones are taken for examples.

    The row is empty unless it was read whole: what follows it neither continues it nor omits some of it, and its commas
    separate numbers, not thousands.
    """
    rows = list(_ROW.finditer(text))
    if not rows or _GOES_ON.match(text, rows[-1].end()):
        return []
    row = rows[-1]["row"]
    separators = {found[0].strip("\t ") + found[0][-1] for found in _SEPARATOR.finditer(row)}
    if len(separators) > 1 or _THOUSANDS.fullmatch(row):
        return []
    numbers = [*_ONE.findall(row), *filter(None, [rows[-1]["final"]])]
    read: list[float] = [float(number) if "." in number else int(number) for number in numbers]
    return read if len(read) >= MIN_NUMBERS else []
