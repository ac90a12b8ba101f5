"""``python -m codesteer``: the command line, for launchers that start modules."""

from codesteer.cli import main

main()
