"""Logs that a crash truncated, beside which Inspect would refuse to run, and streams that lost theirs."""

import shutil
from itertools import count
from pathlib import Path

from codesteer.errors import ConfigurationError
from codesteer.evals.results import RESULTS_FILE, log_files, read_log, read_stored, store_results
from codesteer.evals.stores import stream_store
from codesteer.models.progress import Notify

UNREADABLE_FOLDER = "unreadable"
"""Folder of the logs that were set aside."""


def set_unreadable_aside(folder: Path, notify: Notify) -> None:
    """Move the logs of a run that cannot be read to a folder of their own; their problems are then asked again.

    Args:
        folder: the folder of a run, which no other command writes to.
        notify: called with a line for each such log.
    """
    saved = f" unless {RESULTS_FILE} has their results" if (folder / RESULTS_FILE).exists() else ""
    for log in log_files(folder):
        try:
            read_log(log)
        except ConfigurationError:
            aside = _free_name(folder / UNREADABLE_FOLDER, log)
            aside.parent.mkdir(exist_ok=True)
            log.rename(aside)
            notify(f"{log} cannot be read, so its problems are asked again{saved}; it is now {aside}")


def set_stream_aside(folder: Path, method: str, notify: Notify) -> None:
    """Move all that a method of a stream has left to a folder of its own: the method begins anew, with a new store.

    Args:
        folder: the folder of a run, which no other command writes to.
        method: a method whose store knows questions that would be asked again.
        notify: called with a line about it.
    """
    store = stream_store(folder, method)
    logs = [log for log in log_files(folder) if any(one.method == method for one in read_log(log))]
    aside = _free_name(folder / UNREADABLE_FOLDER, store.with_suffix(""))
    aside.mkdir(parents=True)
    for log in logs:
        log.rename(aside / log.name)
    if (saved := folder / RESULTS_FILE).exists():
        shutil.copy(saved, aside)
        store_results([result for result in read_stored(saved) if result.method != method], saved)
    # The store comes last: as long as it is there, the next command goes on with this.
    for file in sorted(store.parent.glob(f"{store.name}*"), reverse=True):
        file.rename(aside / file.name)
    notify(
        f"the store of {method} knows questions whose results are lost, so the method begins anew; what it had learnt "
        f"and answered is now in {aside}"
    )


def _free_name(target: Path, log: Path) -> Path:
    names = (f"{log.stem}-{number}{log.suffix}" if number else log.name for number in count())
    return next(path for name in names if not (path := target / name).exists())
