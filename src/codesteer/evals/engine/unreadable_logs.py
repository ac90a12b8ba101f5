"""Logs that a crash truncated: Inspect would refuse to run beside them."""

from itertools import count
from pathlib import Path

from codesteer.errors import ConfigurationError
from codesteer.evals.results import log_files, read_log
from codesteer.models.progress import Notify

UNREADABLE_FOLDER = "unreadable"
"""Folder of the logs that were set aside."""


def set_unreadable_aside(folder: Path, notify: Notify) -> None:
    """Move the logs of a run that cannot be read to a folder of their own; their problems are then asked again.

    Args:
        folder: the folder of a run, which no other command writes to.
        notify: called with a line for each such log.
    """
    for log in log_files(folder):
        try:
            read_log(log)
        except ConfigurationError:
            aside = _free_name(folder / UNREADABLE_FOLDER, log)
            aside.parent.mkdir(exist_ok=True)
            log.rename(aside)
            notify(f"{log} cannot be read, so its problems are asked again; it is now {aside}")


def _free_name(target: Path, log: Path) -> Path:
    names = (f"{log.stem}-{number}{log.suffix}" if number else log.name for number in count())
    return next(path for name in names if not (path := target / name).exists())
