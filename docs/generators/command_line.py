"""Generate the reference of the command line with Typer, from the commands themselves."""

import os
import re
import subprocess
import sys

WRITE = [sys.executable, "-m", "typer", "codesteer.cli.app", "utils", "docs", "--name", "codesteer"]
WIDE = {"COLUMNS": "1000"}
"""Typer wraps lines at the terminal's width, but an example must stay on one line."""
TITLE = "# `codesteer`\n"
HEAD = """# Command line

Generated from the commands. Exit codes: 0 for success, 1 for a failure, 2 for incorrect usage, 130 after Ctrl-C.
"""


def command_line_page() -> str:
    """Return every command with its arguments and options, in Markdown."""
    done = subprocess.run(WRITE, env=os.environ | WIDE, capture_output=True, text=True, check=True)  # noqa: S603
    text = done.stdout.replace(TITLE, HEAD, 1)
    return re.sub(r"^Example: (.+)$", r"Example: <code>\1</code>", text, flags=re.MULTILINE)
