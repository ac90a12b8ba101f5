"""Import the optional libraries of training and in-process models on demand."""

import os
import warnings
from importlib import import_module
from typing import Any

from codesteer.errors import ConfigurationError


def silence_libraries() -> None:
    """Disable the libraries' progress bars and deprecation warnings, which clutter our output."""
    warnings.filterwarnings("ignore", category=FutureWarning, module="(transformers|trl|peft)")
    import_library("transformers").utils.logging.disable_progress_bar()
    import_library("datasets").disable_progress_bars()


def import_library(name: str) -> Any:
    """Import an optional library; raise ConfigurationError with the install command if it is missing."""
    # Forked data loaders and the tokenizer's threads can deadlock.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ConfigurationError(
            f"{package} is not installed; run: pip install 'codesteer[train]'"
        ) from error
