"""The reference of the command line, as typer writes it from the commands themselves."""

import typer.cli
import typer.main

from codesteer.cli.app import app

HEAD = """# Command line

Written from the commands themselves. Exit codes: 0 on success, 1 for a failure, 2 for wrong usage, 130 after Ctrl-C.
"""


def command_line_page() -> str:
    """Return every command with its arguments and options, in Markdown."""
    command = typer.main.get_command(app)
    # What `typer codesteer.cli.app utils docs` prints.
    with typer.Context(command, info_name="codesteer") as context:
        text = typer.cli.get_docs_for_click(obj=command, ctx=context, name="codesteer", indent=1)
    return f"{HEAD}\n{text}"
