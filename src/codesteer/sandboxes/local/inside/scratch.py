"""Create a program's scratch folder where there are no namespaces to mount one in."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from .confinement import ServerSettings
from .namespaces import NOBODY


@contextmanager
def scratch_folder(settings: ServerSettings) -> Iterator[None]:
    """Create the scratch folder; remove it at the end."""
    os.mkdir(settings.scratch, 0o700)
    try:
        if settings.drop_root:
            os.chown(settings.scratch, NOBODY, NOBODY)
        yield
    finally:
        shutil.rmtree(settings.scratch, ignore_errors=True)
