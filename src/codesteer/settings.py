"""Settings of this machine, from the environment; settings of a run are in ``graph.context``."""

import os
from dataclasses import dataclass
from pathlib import Path

from codesteer.errors import ConfigurationError
from codesteer.files import user_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings from ``CODESTEER_*`` variables."""

    model_dir: Path
    """The folder of downloaded model files (``CODESTEER_MODEL_DIR``)."""
    checkpoints: Path
    """The SQLite file with the saved runs of the command line (``CODESTEER_CHECKPOINTS``)."""
    experience: Path
    """The SQLite file with the experience of the command line (``CODESTEER_EXPERIENCE``)."""
    threads: int | None = None
    """Threads of the embedded model's server (``CODESTEER_THREADS``); unset: the number of idle cores."""
    local_url: str | None = None
    """A server of your own for the embedded model (``CODESTEER_LOCAL_URL``); unset: codesteer serves it."""
    prices: Path | None = None
    """A JSON file of prices that take precedence over the known ones (``CODESTEER_PRICES``)."""
    config: Path | None = None
    """A TOML or JSON file with the tables ``endpoint_keys`` and ``policy`` (``CODESTEER_CONFIG``)."""

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the variables; raise ConfigurationError for an invalid value."""
        return cls(
            model_dir=_model_dir(),
            checkpoints=_data_file("CODESTEER_CHECKPOINTS", "runs.sqlite"),
            experience=_data_file("CODESTEER_EXPERIENCE", "experience.sqlite"),
            threads=_threads(),
            local_url=os.environ.get("CODESTEER_LOCAL_URL") or None,
            prices=prices_file(),
            config=_path("CODESTEER_CONFIG"),
        )


def prices_file() -> Path | None:
    """Return ``Settings.prices`` alone: it is looked up for every request."""
    return _path("CODESTEER_PRICES")


def _path(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return user_path(value) if value else None


def _model_dir() -> Path:
    from platformdirs import user_cache_path

    return _path("CODESTEER_MODEL_DIR") or user_cache_path("codesteer", appauthor=False) / "models"


def _data_file(variable: str, name: str) -> Path:
    from platformdirs import user_data_path

    return _path(variable) or user_data_path("codesteer", appauthor=False) / name


def _threads() -> int | None:
    value = os.environ.get("CODESTEER_THREADS")
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise ConfigurationError(f"CODESTEER_THREADS is {value!r}; use a whole number of at least 1")
    return int(value)
