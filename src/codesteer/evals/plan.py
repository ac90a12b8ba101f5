"""The plan of a comparison, saved with its logs so that different runs never share a folder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.names import uses_experience
from codesteer.evals.selection import ItemSelection
from codesteer.files import read_json, write_text_atomically
from codesteer.models.address import require_no_credentials
from codesteer.models.model_content import shown_content
from codesteer.prompts.loader import prompts_hash

PLAN_FILE = "run.json"
LOG_FOLDER = "logs"
"""Folder of the finished logs, one for each method."""
ROUND_FOLDER = "rounds"
"""Folder of the logs under way, one for each method and round."""
EXTENDABLE = frozenset({"methods", "samples", "concurrency"})
"""Fields that a later run in the same folder may change."""

CONTENTS = {"model_files": "other content in", "items": "other content of the items"}
"""Fields with digests by name, and how a difference is called."""
MAX_NAMED = 3
"""Number of differing items that an error names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedStore:
    """The store of experience that methods recall from; a copy of a store is the same store."""

    namespace: tuple[str, ...]
    records: int
    digest: str
    """Hash of the keys of records and evidence."""
    file: Path | None = None
    """Where the store is; not saved. None for an empty one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that determines the results of a comparison: methods, model, items, budget."""

    methods: tuple[str, ...]
    model: str
    selection: ItemSelection
    samples: int
    """Items per task."""
    first: int = 0
    """Index of each task's first item."""
    concurrency: int = 1
    """Number of problems in parallel."""
    max_turns: int = 5
    candidates: int = 2
    """Maximum independent attempts made side by side."""
    max_tokens: int | None = None
    """Maximum tokens per problem, input and output of all models."""
    max_seconds: float | None = None
    temperature: float | None = 0.0
    """Temperature of all models; None to leave it to the server."""
    retry_temperature: float | None = None
    """Temperature of the turns after the first."""
    sandbox: str = "local"
    experience: UsedStore | None = None
    """The store of the methods with experience; None if there are none."""
    stream: bool = False
    """Whether the items are asked in one mixed order, and methods with experience learn from them."""
    graph_url: str | None = None
    """A deployed LangGraph server that runs everything, with its own ``model``, guides and sandbox."""
    version: str = ""
    """Version of codesteer."""
    prompts: str = ""
    """Hash of the prompt templates."""
    model_files: Mapping[str, str] = field(default_factory=dict)
    """What the files of the model and the guides hold, by their names."""
    items: Mapping[str, str] = field(default_factory=dict)
    """Digests of the official items, by name."""

    @property
    def item_indexes(self) -> range:
        """The indexes of the items that each task contributes."""
        return range(self.first, self.first + self.samples)

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a name with credentials: plans are saved and names are logged."""
        parts = (part for method in self.methods for part in _parts(method))
        for name in (self.model, self.sandbox, *parts, self.graph_url or ""):
            require_no_credentials(name)


def new_plan(**fields: Any) -> Plan:
    """Return a plan with this installation's version and prompts."""
    return Plan(version=version("codesteer"), prompts=prompts_hash(), **fields)


def save_plan(plan: Plan, folder: Path) -> None:
    """Save the plan in a results folder; extend the plan of the same run, refuse another run.

    Raises:
        ConfigurationError: the folder holds a run with another model, other items, budget or prompts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / PLAN_FILE).exists():
        old = read_plan(folder)
        if differing := _differences(_to_json(old), _to_json(plan)):
            raise ConfigurationError(
                f"{folder} holds another run ({'; '.join(differing)}); choose another --out"
            )
        methods = dict.fromkeys([*old.methods, *plan.methods])
        plan = replace(
            plan,
            methods=tuple(methods),
            samples=max(old.samples, plan.samples),
            experience=plan.experience or old.experience,
            model_files={**old.model_files, **plan.model_files},
            items={**old.items, **plan.items},
        )
    write_text_atomically(folder / PLAN_FILE, json.dumps(_to_json(plan), indent=2) + "\n")


def read_plan(folder: Path) -> Plan:
    """Read the plan of a results folder.

    Raises:
        ConfigurationError: there is no plan, or it is invalid.
    """
    if not (folder / PLAN_FILE).exists():
        raise ConfigurationError(
            f"{folder} holds no run (no {PLAN_FILE}); start one with 'codesteer eval run --out {folder}'"
        )
    return read_json(folder / PLAN_FILE, _adapter(), "plan")


def method_settings(plan: Plan, method: str) -> dict[str, Any]:
    """Return what determines how a method answers an item, by name: all of the plan but the model and the items.

    Of the model files only those of the method's guide count. In a stream the items and their order are settings, too:
    they are what a method has learnt from.
    """
    values = _to_json(plan)
    selection = values.pop("selection")
    ignored = {"methods", "model", *CONTENTS}
    if guides := [plan.model_files[part] for part in _parts(method) if part in plan.model_files]:
        values["guide_file"] = "+".join(map(shown_content, guides))
    if plan.stream:
        values |= selection
    else:
        ignored |= {"samples", "first", "concurrency"}
    if not uses_experience(method):
        ignored.add("experience")
    return {name: value for name, value in values.items() if name not in ignored}


def _parts(method: str) -> Iterator[str]:
    """Yield what follows each colon of a method's name: its guide, and that of its reference."""
    while method:
        method = method.partition(":")[2]
        yield method


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    extendable = set(EXTENDABLE)
    if new["stream"]:
        extendable -= {"samples", "concurrency"}  # they change what is learnt before a question
    if old.get("experience") is None or new["experience"] is None:
        extendable.add("experience")  # only one of the two has methods with experience
    names = [name for name in new if name not in extendable | CONTENTS.keys() and old.get(name) != new[name]]
    changed = [f"{name} {_describe(old.get(name))}, now {_describe(new[name])}" for name in names]
    return [*changed, *filter(None, (_other_contents(old, new, name) for name in CONTENTS))]


def _other_contents(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> str:
    """Say which files or items that both plans name have other contents; an older version has noted none."""
    known = old.get(name, {})
    others = [key for key, digest in new[name].items() if known.get(key, digest) != digest]
    return (
        f"{CONTENTS[name]} {', '.join(others[:MAX_NAMED])}{' …' * (len(others) > MAX_NAMED)}"
        if others
        else ""
    )


def _describe(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={part}" for key, part in value.items() if part is not None)
    return str(value)


def _to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON values, without local paths."""
    local = {"selection": {"official"}, "experience": {"file"}}
    return dict(_adapter().dump_python(plan, mode="json", exclude=local))


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)
