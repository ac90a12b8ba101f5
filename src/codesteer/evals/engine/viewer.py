"""Inspect's viewer with the logs of runs, as a folder of static files."""

import shutil
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from codesteer.errors import ConfigurationError
from codesteer.evals.plan import LOG_FOLDER
from codesteer.evals.results import has_logs, log_files

VIEWER_FOLDER = "viewer"
VIEWER_PAGE = f"{VIEWER_FOLDER}/index.html"
"""Address of the viewer, relative to the report."""
LISTING = Path(LOG_FOLDER, "listing.json")
"""A file that Inspect writes into each viewer, by the viewer's folder."""


def write_viewer(folders: Sequence[Path], viewer: Path) -> None:
    """Copy the logs of runs into a folder together with Inspect's viewer; an earlier viewer is replaced.

    Args:
        folders: the folders of the runs.
        viewer: the folder to write.

    Raises:
        ConfigurationError: a run has no logs, or the folder holds something else.
    """
    from inspect_ai.log import bundle_log_dir

    require_logs(folders, viewer)
    with TemporaryDirectory() as temporary, redirect_stdout(StringIO()):
        for number, folder in enumerate(folders, 1):
            name = f"{number}-{folder.resolve().name}" if len(folders) > 1 else ""
            target = Path(temporary, LOG_FOLDER, name)
            target.mkdir(parents=True)
            for log in log_files(folder):
                shutil.copy(log, target)
        bundle_log_dir(str(Path(temporary, LOG_FOLDER)), str(viewer), overwrite=True)


def require_logs(folders: Sequence[Path], viewer: Path) -> None:
    """Check that every run has logs, and that nothing but an earlier viewer would be replaced.

    Raises:
        ConfigurationError: a run has no logs, or the folder holds something else.
    """
    for folder in folders:
        if not has_logs(folder):
            raise ConfigurationError(
                f"{folder} holds no logs ({LOG_FOLDER}/*.eval), which the viewer shows; omit --logs, "
                "or name the folder in which the run was made"
            )
    if viewer.exists() and not (viewer / LISTING).is_file():
        raise ConfigurationError(f"{viewer} exists and is no viewer; move it, or choose another --out")
