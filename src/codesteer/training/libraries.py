"""The heavy training libraries, imported only where they are used."""

import os
from importlib import import_module
from typing import Any

from codesteer.errors import ConfigurationError


def need(name: str) -> Any:
    """Import a training library; raises ConfigurationError that says what to install."""
    # A hub that cannot be reached is asked for minutes otherwise, also for models that lie on the disk.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        return import_module(name)
    except ImportError as error:
        message = f"training needs {name.partition('.')[0]}; run: pip install 'codesteer[train]'"
        raise ConfigurationError(message) from error
