"""Remove the Markdown around an answer, but no character of the answer itself, which may be an asterisk."""

_MARKS = ("**", "__", "`")


def unwrap(text: str) -> str:
    """Remove bold type and inline code around a single line without further signs of that kind."""
    for mark in _MARKS:
        inner = text[len(mark) : -len(mark)]
        if text.startswith(mark) and text.endswith(mark) and inner and not {mark[0], "\n"} & set(inner):
            text = inner.strip()
    return text


def unwrap_rest(before: str, text: str) -> str:
    """Remove the end of the bold type that began on the line before a text, and markup around the text."""
    text = text.strip()
    if before.rpartition("\n")[2].count("**") % 2:
        line, newline, others = text.partition("\n")
        if line.startswith("**") or (line.count("*") == 2 and "**" in line):
            line = line.replace("**", "", 1)
        else:
            line = line.removesuffix("**").rstrip()
        text = line + newline + others
    return unwrap(text.strip())
