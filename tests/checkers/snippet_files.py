"""Reads the files of short programs in ``snippets/``: a heading ``## name``, then the program."""

from pathlib import Path

SNIPPETS = Path(__file__).parent / "snippets"


def read_snippets(name: str) -> dict[str, str]:
    """Returns the programs of one file by their names."""
    parts = (SNIPPETS / f"{name}.txt").read_text().removeprefix("## ").split("\n## ")
    return {heading: program for heading, _, program in (part.partition("\n") for part in parts)}
