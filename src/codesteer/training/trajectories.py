"""``codesteer train trajectories``: one tree per question, one line per tree, resumable after each question."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from codesteer.errors import CodeSteerError, ConfigurationError, ModelError, SandboxError, ServerError
from codesteer.files import LOCK_FILE, lock_folder, read_json, write_text_atomically
from codesteer.graph.context import Context
from codesteer.graph.sync import run_blocking
from codesteer.models.address import require_no_credentials
from codesteer.remote.server import parse_server_address, require_graph
from codesteer.symbench import Item, Outcome
from codesteer.training.artefact import CARD, Card, load_current_card, write_card
from codesteer.training.curriculum import Questions, open_questions
from codesteer.training.decontamination import read_questions, require_clean
from codesteer.training.explorer import Explorer, require_plain
from codesteer.training.failures import FailedQuestions, may_be_the_questions
from codesteer.training.journal import Journal
from codesteer.training.proposers import open_proposer
from codesteer.training.provenance import steering_version
from codesteer.training.questions import DrawnQuestions, QuestionSelection, load_trainable_task
from codesteer.training.tree import Tree, from_json, is_correct, to_json

Value = TypeVar("Value")
TREES_FILE, SETTINGS_FILE = "trees.jsonl", "settings.json"
TOTAL_FILE = "questions.txt"
"""While a folder is unfinished: how many questions it is to have."""
MAX_CONSECUTIVE_FAILURES = 3
"""Number of consecutive failures after which the command gives up: the endpoint is then down."""


class TrajectorySettings(BaseModel):
    """How trees are built; the same for all trees of a folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    context: Context = Context()
    guides: tuple[str, ...] = Field(default=("rules", "code", "text", "return"), min_length=1)
    """Names of proposers, see ``proposers.open_proposer``; earlier ones take precedence if widths are small."""
    widths: tuple[Annotated[int, Field(ge=1)], ...] = Field(default=(2, 2, 1), min_length=1)
    """See ``Explorer.widths``."""
    seed: int = 0
    graph_url: str | None = None
    """A deployed LangGraph server that runs the graph; the context then names its models and sandbox."""
    steering: str = Field(default_factory=steering_version)
    """Identifies graph and prompts; all trees of a folder have the same."""

    @field_validator("context")
    @classmethod
    def _refuse_experience(cls, context: Context) -> Context:
        require_plain(context)
        return context

    @field_validator("guides", "graph_url")
    @classmethod
    def _check_names(cls, given: tuple[str, ...] | str | None) -> tuple[str, ...] | str | None:
        """Raise ConfigurationError for a name with credentials: settings are saved."""
        for name in (given,) if isinstance(given, str) else given or ():
            require_no_credentials(name)
        return given


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionResult:
    """The contents of a folder of trajectories."""

    counts: dict[str, Any]
    failures: tuple[str, ...]
    """Questions that failed, with the reason; the next run of the command retries them, or leaves them out."""


Progress = Callable[[Tree | None], None]
"""Called after each question with its tree, or None if it failed."""


def collect_trajectories(
    folder: Path,
    settings: TrajectorySettings,
    selection: QuestionSelection,
    *,
    against: Sequence[Path] = (),
    parallel: int = 1,
    explorer: Explorer | None = None,
    start: Callable[[int, int], None] = lambda done, total: None,
    progress: Progress = lambda tree: None,
) -> CollectionResult:
    """Build the missing trees; write the card when none is missing.

    A question that fails is asked again by the next call. If it then fails again though others succeed, it is left
    out: its model refuses it, or gives it no usable reply. Outages leave nothing out.

    Args:
        folder: the folder of the trees; existing trees are kept.
        settings: how trees are built.
        selection: the questions.
        against: files of evaluation questions, which must not be trained on.
        parallel: number of questions in parallel, at least 1; a local model answers one at a time anyway.
        explorer: replaces the explorer in the settings, for models and sandboxes given as objects.
        start: called with the number of finished trees and the total.
        progress: called after each question.

    Raises:
        ConfigurationError: the folder was started with other settings or is in use by another command, the server
            is unreachable or has another version of the graph, or there is nothing to run in parallel.
        ModelError: the model fails; finished trees are kept.
        ServerError: the server fails; finished trees are kept.
        TrainingError: a question in the folder is in evaluation data.
    """
    if parallel < 1:
        raise ConfigurationError(f"parallel = {parallel}: at least one question must be asked at a time")
    if settings.graph_url is not None:
        address = parse_server_address(settings.graph_url)
        _run_to_completion(lambda: require_graph(address))
    with lock_folder(folder):
        _require_same_settings(folder, settings)
        journal = Journal(folder / TREES_FILE)
        journal.repair()
        forbidden = read_questions(against)
        finished = list(read_trees(folder))
        failed = FailedQuestions(folder)
        questions = open_questions(selection, forbidden, finished, failed.left_out)
        start(len(finished), len(finished) + questions.left)
        write_text_atomically(folder / TOTAL_FILE, f"{len(finished) + questions.left}\n")
        failures: tuple[str, ...] = ()
        if questions.left:
            (folder / CARD).unlink(missing_ok=True)
            chosen = explorer or open_explorer(settings)
            sampling = _Sampling(chosen, questions, journal, failed, progress, bool(finished))
            failures = _run_to_completion(lambda: sampling.run(parallel))
        left_out = {"left out, failed twice": len(failed.left_out)}
        return _finish(folder, settings, selection, questions.drawn, forbidden, failures, left_out)


def open_explorer(settings: TrajectorySettings) -> Explorer:
    """Open the guides in the settings; raise ConfigurationError or ModelError."""
    context = settings.context.model_copy(update={"seed": settings.seed})
    proposers = tuple(open_proposer(name, settings.seed) for name in settings.guides)
    server = None if settings.graph_url is None else parse_server_address(settings.graph_url)
    return Explorer(context=context, proposers=proposers, widths=settings.widths, server=server)


def read_trees(folder: Path) -> Iterator[Tree]:
    """Yield the trees of a folder, without repeated questions.

    Raises:
        ConfigurationError: an invalid line; the message names file and line.
    """
    known: set[str] = set()
    for location, line in Journal(folder / TREES_FILE).lines():
        try:
            tree = from_json(line)
        except ValueError as error:
            raise ConfigurationError(f"{location}: not a tree of guidance: {error}") from error
        if tree.id not in known:
            known.add(tree.id)
            yield tree


def load_trees(folder: Path) -> tuple[Card, list[Tree]]:
    """Return the card and trees of a finished folder.

    Raises:
        ConfigurationError: it is not finished, empty, of another graph or other prompts, or has an unseen task.
        TrainingError: a question is in evaluation data.
    """
    card = load_current_card(folder, "trajectories")
    trees = list(read_trees(folder))
    _require_trainable(trees, {})
    if not any(tree.nodes for tree in trees):
        raise ConfigurationError(f"{folder} has no trajectories; run 'codesteer train trajectories' first")
    return card, trees


def _require_trainable(trees: Sequence[Tree], forbidden: dict[str, str]) -> None:
    """Raise ConfigurationError or TrainingError if a guide must not be trained on a tree."""
    for task in {tree.task for tree in trees}:
        load_trainable_task(task)
    require_clean((str(tree.item["question"]) for tree in trees), forbidden)


def _run_to_completion(work: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """Run a coroutine, also from a notebook, whose cells run inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work())
    return run_blocking(work)


@dataclass(slots=True)
class _Sampling:
    """The questions of one command under way."""

    explorer: Explorer
    questions: Questions
    journal: Journal
    failed: FailedQuestions
    progress: Progress
    others_succeed: bool
    """Whether the folder has trees: a failure is then not that of every question."""
    failures: list[str] = field(default_factory=list)
    in_a_row: int = 0
    early: list[tuple[Item[Any, Any], CodeSteerError]] = field(default_factory=list)
    """Failures before the first success."""

    async def run(self, parallel: int) -> tuple[str, ...]:
        """Ask the questions that are left; return those that the next command is to ask again, with the reason."""
        queue, most = iter(self.questions), min(MAX_CONSECUTIVE_FAILURES, self.questions.left)

        async def work() -> None:
            for item in queue:
                await self._ask(item, most)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(parallel):
                    group.create_task(work())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        return tuple(self.failures)

    async def _ask(self, item: Item[Any, Any], most: int) -> None:
        try:
            tree = await self.explorer.build_tree(item)
        except (ModelError, SandboxError, ServerError) as error:
            if not self._leaves_out(item, error):
                self.in_a_row += 1
                self.failures.append(f"{item.id}: {error}")
            self.progress(None)
            if self.in_a_row >= most:
                raise
        else:
            self.in_a_row, self.others_succeed = 0, True
            while self.early:
                self.failed.add(*self.early.pop())
            self.journal.append(to_json(tree))
            self.questions.record(tree)
            self.progress(tree)

    def _leaves_out(self, item: Item[Any, Any], error: CodeSteerError) -> bool:
        """Record a failure that may be the question's; return whether the question is left out from now on."""
        if not may_be_the_questions(error):
            return False
        if not self.others_succeed:
            self.early.append((item, error))
            return False
        self.failed.add(item, error)
        return item.id in self.failed.left_out


def _require_same_settings(folder: Path, settings: TrajectorySettings) -> None:
    """Save the settings of the first run; refuse different ones later."""
    path, wanted = folder / SETTINGS_FILE, settings.model_dump(mode="json")
    if not path.exists():
        if any(entry.name != LOCK_FILE for entry in folder.iterdir()):
            raise ConfigurationError(f"{folder} holds other files; choose another --out")
        write_text_atomically(path, settings.model_dump_json(indent=2) + "\n")
        return
    saved = read_json(path, TypeAdapter(TrajectorySettings), "file of settings").model_dump(mode="json")
    flat_saved, flat_wanted = _flat(saved), _flat(wanted)
    for name, value in flat_wanted.items():
        if flat_saved[name] != value:
            was = f"{name} = {flat_saved[name]!r}"
            raise ConfigurationError(f"{folder} was started with {was}, not {value!r}; choose another --out")


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with the context's fields among them, so that a difference can be named."""
    others = {name: value for name, value in settings.items() if name != "context"}
    return {**settings["context"], **others}


def _finish(
    folder: Path,
    settings: TrajectorySettings,
    selection: QuestionSelection,
    drawn: DrawnQuestions,
    forbidden: dict[str, str],
    failures: tuple[str, ...],
    left_out: dict[str, int],
) -> CollectionResult:
    trees = list(read_trees(folder))
    _require_trainable(trees, forbidden)
    counts = count_trees(trees) | {
        "left out, in evaluation data": drawn.contaminated,
        "left out, drawn twice": drawn.duplicates,
        "tasks with fewer questions": drawn.short,
        **left_out,
        "questions checked against": len(forbidden),
    }
    if not failures:
        chosen: dict[str, Any] = {"tasks": list(selection.tasks), "per_task": selection.per_task}
        chosen["seed"] = selection.seed
        chosen |= {"levels": list(selection.levels), "adaptive": selection.adaptive}
        config = settings.model_dump(mode="json") | {"selection": chosen}
        (folder / TOTAL_FILE).unlink(missing_ok=True)
        write_card(folder, Card(kind="trajectories", config=config, counts=counts))
    return CollectionResult(counts=counts, failures=failures)


def count_trees(trees: Sequence[Tree]) -> dict[str, Any]:
    """Count questions, nodes, leaves and right answers."""
    nodes = [node for tree in trees for node in tree.nodes]
    leaves = [node.leaf for node in nodes if node.leaf is not None]
    return {
        "questions": len(trees),
        "by task": dict(sorted(Counter(tree.task for tree in trees).items())),
        "nodes": len(nodes),
        "task model turns": sum(node.turn is not None for node in nodes),
        "leaves": len(leaves),
        "correct leaves": sum(leaf.outcome == Outcome.CORRECT for leaf in leaves),
        "solved questions": sum(any(is_correct(node) for node in tree.leaves()) for tree in trees),
        "seconds": round(sum(tree.seconds for tree in trees), 1),
    }
