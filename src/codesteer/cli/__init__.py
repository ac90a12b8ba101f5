"""The command line: one file a command group."""

from codesteer.cli.app import main

__all__ = ["main"]
