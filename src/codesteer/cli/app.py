"""The ``codesteer`` command: its groups, error messages and exit codes."""

import io
import os
import sys
from typing import Annotated

import typer

from codesteer.cli import chat, experience, learn, models, replay, sandbox, solve, symbench, train
from codesteer.cli import eval as evaluation
from codesteer.cli.text import pass_texts_as_utf8
from codesteer.errors import CodeSteerError, ConfigurationError, one_line

FAILED, USAGE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="codesteer",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("solve")(solve.solve)
app.command("chat")(chat.chat)
app.command("replay")(replay.replay_run)
app.add_typer(models.app, name="models")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(symbench.app, name="symbench")
app.add_typer(evaluation.app, name="eval")
app.add_typer(train.app, name="train")
app.command("learn")(learn.learn)
app.add_typer(experience.app, name="experience")
pass_texts_as_utf8(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("codesteer"))
        raise typer.Exit


@app.callback()
def common(
    _debug: Annotated[bool, typer.Option("--debug", metavar="", help="Show tracebacks of errors.")] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Steer a chat model between textual reasoning and code, turn by turn."""


def main() -> None:
    """Run the command line; exit with 0 on success, 1 on failure, 2 on a usage error, 130 after Ctrl-C."""
    _replace_closed_streams()
    # A terminal may not show every character of an answer, nor claim the encoding in which it sends a question.
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "replace"), (sys.stdin, "surrogateescape")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
    try:
        app(prog_name="codesteer")
    except (CodeSteerError, OSError) as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(f"codesteer: {_message(error)}", err=True)
        sys.exit(USAGE if isinstance(error, ConfigurationError) else FAILED)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # Typer has turned Ctrl-C into this exit
            typer.echo(f"codesteer: interrupted{_hint(end)}", err=True)
        raise


def _replace_closed_streams() -> None:
    """Open what a daemon's parent closed, in the order of the descriptors: no other file may take their places."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 open until the process ends


def _hint(end: SystemExit) -> str:
    """Return what the interrupted command said about resuming."""
    interrupt = end.__context__ and end.__context__.__cause__
    hints = interrupt.args if isinstance(interrupt, KeyboardInterrupt) else ()
    return "".join(f"; {hint}" for hint in hints)


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        prefix = f"{error.filename}: " if error.filename else ""
        return f"{prefix}{error.strerror}"
    return one_line(error)
