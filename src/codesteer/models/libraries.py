"""The libraries that only training and in-process models need, imported only where they are used."""

import os
import warnings
from importlib import import_module
from typing import Any

from codesteer.errors import ConfigurationError


def quieten() -> None:
    """Switch off the libraries' progress bars and what they warn each other of: both write across our output."""
    warnings.filterwarnings("ignore", category=FutureWarning, module="(transformers|trl|peft)")
    need("transformers").utils.logging.disable_progress_bar()
    need("datasets").disable_progress_bars()


def need(name: str) -> Any:
    """Import such a library; raises ConfigurationError that says what to install."""
    # Forked data loaders and a tokenizer's own threads lock each other up.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ConfigurationError(f"this needs {package}; run: pip install 'codesteer[train]'") from error
