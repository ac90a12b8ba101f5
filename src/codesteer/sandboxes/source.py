"""The source file of a program: the same text in every sandbox, however its first lines declare their encoding."""

import io
import re

_DECLARATION = re.compile(r"([ \t\f]*#.*?coding[:=][ \t]*)[-\w.]+", re.ASCII)
_NO_STATEMENT = re.compile(r"[ \t\f]*(?:#|[\r\n]|$)")


def source_of(program: str) -> bytes:
    """Return a program as a file in UTF-8, without a byte-order mark.

    A declaration of another encoding (PEP 263) becomes one of UTF-8: it was true of the file that the text came from,
    and Python would read this one as another text.
    """
    # A text stream ends lines where Python does; ``str.splitlines`` does so at more characters.
    lines = io.StringIO(program.removeprefix("\ufeff"), newline="")
    first, second, rest = lines.readline(), lines.readline(), lines.read()
    if _NO_STATEMENT.match(first):
        second = _declared_as_utf_8(second)
    return f"{_declared_as_utf_8(first)}{second}{rest}".encode(errors="surrogatepass")


def _declared_as_utf_8(line: str) -> str:
    found = _DECLARATION.match(line)
    return line if found is None else f"{found[1]}utf-8{line[found.end() :]}"
