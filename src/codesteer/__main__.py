"""Run the command line as ``python -m codesteer``."""

from codesteer.cli import main

main()
