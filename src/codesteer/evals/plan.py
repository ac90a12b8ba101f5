"""What a run compares, written beside its logs so that nobody mixes two runs in one folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from codesteer.errors import ConfigurationError
from codesteer.evals.items import Selection
from codesteer.files import replace_text
from codesteer.models.address import require_shown
from codesteer.prompts.loader import prompts_hash

FILE = "run.json"
MAY_GROW = frozenset({"methods", "samples", "concurrency"})
"""What the same folder may be asked again with: more methods, more samples, other speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Methods, model and items of a comparison; everything that decides its figures."""

    methods: tuple[str, ...]
    model: str
    selection: Selection
    samples: int
    """Items a task."""
    concurrency: int = 1
    """Problems at a time."""
    max_turns: int = 5
    max_tokens: int | None = None
    """Tokens a problem, in and out over all models."""
    max_seconds: float | None = None
    temperature: float | None = 0.0
    """Of all models; None: as a server says."""
    retry_temperature: float | None = None
    """Of steering's later turns."""
    sandbox: str = "local"
    graph_url: str | None = None
    """A deployed LangGraph server on which everything runs; ``model``, guides and sandbox are then its own."""
    version: str = ""
    """Version of codesteer that runs it."""
    prompts: str = ""
    """Hash of the prompt templates."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a name with credentials: plans are written down, and names go into logs."""
        guides = (method.partition(":")[2] for method in self.methods)
        for name in (self.model, self.sandbox, *guides, self.graph_url or ""):
            require_shown(name)


def stamped(**fields: Any) -> Plan:
    """Return a plan that carries this installation's version and prompts."""
    return Plan(version=version("codesteer"), prompts=prompts_hash(), **fields)


def admit(plan: Plan, folder: Path) -> None:
    """Write the plan into a results folder; one that holds the same run grows by it, another run is refused.

    Raises:
        ConfigurationError: the folder belongs to a run with another model, other items, budget or prompts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / FILE).exists():
        old = read_plan(folder)
        if differing := _differences(_plain(old), _plain(plan)):
            raise ConfigurationError(
                f"{folder} holds another run ({'; '.join(differing)}); choose another folder with --out"
            )
        methods = dict.fromkeys([*old.methods, *plan.methods])
        plan = replace(plan, methods=tuple(methods), samples=max(old.samples, plan.samples))
    replace_text(folder / FILE, json.dumps(_plain(plan), indent=2) + "\n")


def read_plan(folder: Path) -> Plan:
    """Read the plan of a results folder.

    Raises:
        ConfigurationError: there is none, or it is not one of ours.
    """
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        message = (
            f"{folder} holds no run: there is no {FILE}; start one with 'codesteer eval run --out {folder}'"
        )
        raise ConfigurationError(message) from None
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        raise ConfigurationError(
            f"{folder / FILE} is not a run's plan: {error.errors()[0]['msg']}"
        ) from error


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    names = [name for name in new if name not in MAY_GROW and old.get(name) != new[name]]
    return [f"{name} {_short(old.get(name))}, now {_short(new[name])}" for name in names]


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={part}" for key, part in value.items() if part is not None)
    return str(value)


def _plain(plan: Plan) -> dict[str, Any]:
    """Return what is written down: not where this machine keeps the official data."""
    return dict(_adapter().dump_python(plan, mode="json", exclude={"selection": {"official"}}))


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)
