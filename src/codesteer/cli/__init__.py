"""The command line, one file per command group."""

from codesteer.cli.app import main

__all__ = ["main"]
