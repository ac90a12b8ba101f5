"""``codesteer train trajectories``: a tree for each question, one line each, resumable question by question."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from codesteer.errors import ConfigurationError, ModelError, SandboxError, ServerError
from codesteer.files import LOCK, alone_in, replace_text
from codesteer.graph.context import Context
from codesteer.models.address import require_shown
from codesteer.nodes.sync import run_blocking
from codesteer.remote.server import read_address, require_served
from codesteer.symbench import Item, Outcome
from codesteer.training.artefact import CARD, Card, open_card, write_card
from codesteer.training.decontamination import read_questions, require_clean
from codesteer.training.explore import Explorer
from codesteer.training.journal import Journal
from codesteer.training.proposers import open_proposer
from codesteer.training.questions import Draw, Selection, draw
from codesteer.training.tree import Tree, from_json, is_right, to_json

Value = TypeVar("Value")
TREES, SETTINGS = "trees.jsonl", "settings.json"
FAILURES_IN_A_ROW = 3
"""Questions that may fail one after the other before the command gives up: the endpoint is then down for good."""


class Settings(BaseModel):
    """How trees are grown; the same for all trees of a folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    context: Context = Context()
    guides: tuple[str, ...] = Field(default=("rules", "code", "text", "return"), min_length=1)
    """Names of proposers, see ``proposers.open_proposer``; those first have precedence where siblings are few."""
    widths: tuple[int, ...] = Field(default=(2, 2, 1), min_length=1)
    """See ``Explorer.widths``."""
    seed: int = 0
    graph_url: str | None = None
    """A deployed LangGraph server that runs the graph; the context's names are then its own."""

    @field_validator("guides", "graph_url")
    @classmethod
    def _check_names(cls, given: tuple[str, ...] | str | None) -> tuple[str, ...] | str | None:
        """Settings are written down: raises ConfigurationError for a name with credentials."""
        for name in (given,) if isinstance(given, str) else given or ():
            require_shown(name)
        return given


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a folder of trajectories holds now."""

    counts: dict[str, Any]
    failures: tuple[str, ...]
    """Questions that could not be run this time, with the reason; running the command again tries them again."""


Progress = Callable[[Tree | None], None]
"""Called after each question: with its tree, or None where it failed."""


def collect(
    folder: Path,
    settings: Settings,
    selection: Selection,
    *,
    against: Sequence[Path] = (),
    parallel: int = 1,
    explorer: Explorer | None = None,
    start: Callable[[int, int], None] = lambda done, total: None,
    progress: Progress = lambda tree: None,
) -> Collected:
    """Grow the trees that are missing; the card is written when none is.

    Args:
        folder: where trees are kept, one line each; what is there already is not done again.
        settings: how trees are grown.
        selection: on which questions.
        against: files of questions that must not be trained on.
        parallel: questions at a time; one local model answers one at a time anyway.
        explorer: replaces the one that the settings name, for models and sandboxes given as objects.
        start: told how many trees are there and how many there are to be.
        progress: told after each question.

    Raises:
        ConfigurationError: other settings than the folder was begun with, a running other command on it, a server
            that is not there or does not run this version of the graph.
        ModelError: the model cannot be asked; what was done is kept.
        ServerError: the server cannot be asked; what was done is kept.
        TrainingError: a question in the folder is in evaluation data.
    """
    if settings.graph_url is not None:
        address = read_address(settings.graph_url)
        _wait_for(lambda: require_served(address))
    with alone_in(folder):
        _pin(folder, settings)
        forbidden = read_questions(against)
        drawn = draw(selection, forbidden)
        journal = Journal(folder / TREES)
        done = {tree.id for tree in read_trees(folder)}
        missing = [item for item in drawn.items if item.id not in done]
        start(len(done), len(done) + len(missing))
        failures: tuple[str, ...] = ()
        if missing:
            (folder / CARD).unlink(missing_ok=True)
            grower = explorer or open_explorer(settings)
            failures = _wait_for(lambda: _grow_all(grower, missing, journal, parallel, progress))
        return _finish(folder, settings, selection, drawn, forbidden, failures)


def open_explorer(settings: Settings) -> Explorer:
    """Open the guides that the settings name; raises ConfigurationError or ModelError."""
    context = settings.context.model_copy(update={"seed": settings.seed})
    proposers = tuple(open_proposer(name, settings.seed) for name in settings.guides)
    server = None if settings.graph_url is None else read_address(settings.graph_url)
    return Explorer(context=context, proposers=proposers, widths=settings.widths, server=server)


def read_trees(folder: Path) -> Iterator[Tree]:
    """The trees of a folder, without repeated questions.

    Raises:
        ConfigurationError: a line is no tree; names file and line.
    """
    known: set[str] = set()
    for number, line in enumerate(Journal(folder / TREES).lines(), 1):
        try:
            tree = from_json(line)
        except ValidationError as error:
            raise ConfigurationError(f"{folder / TREES}:{number}: not a tree of guidance") from error
        if tree.id not in known:
            known.add(tree.id)
            yield tree


def open_trees(folder: Path) -> tuple[Card, list[Tree]]:
    """The card and the trees of a finished folder; raises ConfigurationError if it is not finished."""
    card = open_card(folder, "trajectories")
    trees = list(read_trees(folder))
    if not any(tree.nodes for tree in trees):
        raise ConfigurationError(f"{folder} holds no trajectory; run 'codesteer train trajectories' first")
    return card, trees


def _wait_for(work: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """Run a coroutine to its end, also from a notebook, whose cells run inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work())
    return run_blocking(work)


async def _grow_all(
    explorer: Explorer, items: Sequence[Item[Any, Any]], journal: Journal, parallel: int, progress: Progress
) -> tuple[str, ...]:
    queue = iter(items)
    failures: list[str] = []
    in_a_row = 0

    async def work() -> None:
        nonlocal in_a_row
        for item in queue:
            try:
                tree = await explorer.grow(item)
            except (ModelError, SandboxError, ServerError) as error:
                in_a_row += 1
                failures.append(f"{item.id}: {error}")
                progress(None)
                if in_a_row >= min(FAILURES_IN_A_ROW, len(items)):
                    raise
            else:
                in_a_row = 0
                journal.append(to_json(tree))
                progress(tree)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(parallel):
                group.create_task(work())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    return tuple(failures)


def _pin(folder: Path, settings: Settings) -> None:
    """Keep the settings of the first run; a later one with others would mix two kinds of trees."""
    path, wanted = folder / SETTINGS, settings.model_dump(mode="json")
    if not path.exists():
        if any(entry.name != LOCK for entry in folder.iterdir()):
            raise ConfigurationError(f"{folder} holds other files; give another --out")
        replace_text(path, settings.model_dump_json(indent=2) + "\n")
        return
    try:
        begun = Settings.model_validate_json(path.read_text(encoding="utf-8")).model_dump(mode="json")
    except ValidationError as error:
        raise ConfigurationError(f"{path} cannot be read; give another --out") from error
    flat_begun, flat_wanted = _flat(begun), _flat(wanted)
    for name, value in flat_wanted.items():
        if flat_begun[name] != value:
            was = f"{name} = {flat_begun[name]!r}"
            raise ConfigurationError(f"{folder} was begun with {was}, not {value!r}; give another --out")


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with the context's fields among them, so that the one that differs can be named."""
    others = {name: value for name, value in settings.items() if name != "context"}
    return {**settings["context"], **others}


def _finish(
    folder: Path,
    settings: Settings,
    selection: Selection,
    drawn: Draw,
    forbidden: dict[str, str],
    failures: tuple[str, ...],
) -> Collected:
    trees = list(read_trees(folder))
    require_clean((str(tree.item["question"]) for tree in trees), forbidden)
    counts = count_trees(trees) | {
        "left out, in evaluation data": drawn.contaminated,
        "left out, drawn twice": drawn.duplicates,
        "tasks with fewer questions": drawn.short,
        "questions checked against": len(forbidden),
    }
    if not failures:
        chosen = {"tasks": list(selection.tasks), "per_task": selection.per_task, "seed": selection.seed}
        config = settings.model_dump(mode="json") | {"selection": chosen | {"levels": list(selection.levels)}}
        write_card(folder, Card(kind="trajectories", config=config, counts=counts))
    return Collected(counts=counts, failures=failures)


def count_trees(trees: Sequence[Tree]) -> dict[str, Any]:
    """What there is of everything."""
    nodes = [node for tree in trees for node in tree.nodes]
    leaves = [node.leaf for node in nodes if node.leaf is not None]
    return {
        "questions": len(trees),
        "by task": dict(sorted(Counter(tree.task for tree in trees).items())),
        "nodes": len(nodes),
        "task model turns": sum(node.turn is not None for node in nodes),
        "leaves": len(leaves),
        "correct leaves": sum(leaf.outcome == Outcome.CORRECT for leaf in leaves),
        "solved questions": sum(any(is_right(node) for node in tree.leaves()) for tree in trees),
        "seconds": round(sum(tree.seconds for tree in trees), 1),
    }
