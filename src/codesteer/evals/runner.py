"""Run a comparison as Inspect eval sets: in round k, every method answers the k-th item of every task.

Each method has a log per round, so a comparison that is stopped early has most methods on the same items. Finished
rounds are joined to one log per method.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from codesteer.errors import LINE_LENGTH, CodeSteerError, ConfigurationError, one_line
from codesteer.evals.contents import with_contents
from codesteer.evals.experience import overtaken_streams, require_experience
from codesteer.evals.items import round_items, selected_tasks
from codesteer.evals.methods.registry import load_method
from codesteer.evals.plan import ROUND_FOLDER, Plan, save_plan
from codesteer.evals.references import in_stages, require_references, tokens_by_item
from codesteer.evals.results import items_without_log, require_own_results
from codesteer.evals.stores import open_stores
from codesteer.files import lock_folder
from codesteer.graph.sync import run_blocking
from codesteer.models.progress import Notify
from codesteer.remote.server import parse_server_address, require_graph
from codesteer.sandboxes.factory import KINDS, open_sandbox

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.log import EvalLog
    from inspect_ai.model import Model

    from codesteer.evals.engine.given_store import GivenStore

REQUEST_RETRIES = 7
"""Retries of a request after a rate limit or server error: about six minutes with exponential waits."""
SAMPLE_RETRIES = 1
"""Immediate retries of a problem that ended in an error."""
ROUND_RETRIES = 1
"""Retries of a round for problems that still ended in an error."""


class Progress(Protocol):
    """Shows how many problems are finished."""

    def __enter__(self) -> "Progress":
        """Begin to show it."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Show the last state."""

    def advance(self) -> None:
        """Count one more finished problem."""


def run_plan(
    plan: Plan,
    folder: Path,
    *,
    cached: bool = False,
    progress: Progress | None = None,
    notify: Notify = lambda line: None,
) -> Sequence["EvalLog"]:
    """Run whatever the folder lacks; block until it is done and return the logs.

    If it is interrupted, the same call resumes: only unfinished problems are run again.

    Args:
        plan: what to compare.
        folder: the folder for the logs.
        cached: reuse replies to earlier identical requests from Inspect's cache; they count with their
            original tokens and seconds.
        progress: entered once everything is checked, and told of each finished problem.
        notify: called with a line about each log that a crash left unreadable; its problems are asked again.

    Raises:
        ConfigurationError: unknown method, task or model, missing key, or a folder that holds another run or
            is in use by another command.
        SandboxError: the sandbox cannot run programs here.
    """
    from codesteer.evals.engine.joined_logs import join_rounds
    from codesteer.evals.engine.unreadable_logs import set_stream_aside, set_unreadable_aside

    check_plan(plan)
    require_references(plan, folder)
    model = open_model(plan)
    plan = with_contents(plan)
    with lock_folder(folder):
        require_own_results(folder)
        save_plan(plan, folder)
        set_unreadable_aside(folder, notify)
        for method in overtaken_streams(plan, folder):
            set_stream_aside(folder, method, notify)
        with _reporting_to(progress), open_stores(plan, folder) as stores:
            logs = _run(plan, model, folder, cached, stores)
        join_rounds(folder)
        return logs


@contextmanager
def _reporting_to(progress: Progress | None) -> Iterator[None]:
    if progress is None:
        yield
        return
    from codesteer.evals.engine.finished import on_finished

    with progress, on_finished(progress.advance):
        yield


def _run(
    plan: Plan, model: "Model", folder: Path, cached: bool, stores: Mapping[str, "GivenStore"]
) -> Sequence["EvalLog"]:
    """Run the methods that need no reference first; stop if they are cancelled."""
    logs: list[EvalLog] = []
    for methods in in_stages(plan.methods):
        stage = replace(plan, methods=methods)
        rounds = _rounds(stage, folder, stores)
        logs += _run_rounds(rounds, stage, model, folder, cached) if rounds else []
        if any(log.status == "cancelled" for log in logs):
            break
    return logs


def _run_rounds(
    rounds: list["Task"], plan: Plan, model: "Model", folder: Path, cached: bool
) -> Sequence["EvalLog"]:
    from inspect_ai import eval_set
    from inspect_ai.model import CachePolicy

    _, logs = eval_set(
        rounds,
        log_dir=str(folder / ROUND_FOLDER),
        model=model,
        display="none",
        max_tasks=_max_tasks(plan),
        max_samples=plan.concurrency,
        max_connections=max(plan.concurrency, plan.candidates) if plan.stream else plan.concurrency,
        cache=CachePolicy(expiry=None) if cached else None,
        max_retries=REQUEST_RETRIES,
        retry_on_error=SAMPLE_RETRIES,
        retry_attempts=ROUND_RETRIES,
        continue_on_fail=True,
        fail_on_error=True,
        log_buffer=1,
        log_dir_allow_dirty=True,
        log_level="warning",
        score_display=False,
    )
    return logs


def check_plan(plan: Plan) -> None:
    """Check for problems before the first model call.

    Raises:
        ConfigurationError: no method, an unknown method, task or sandbox, missing data; an unreachable server, or
            one with another version of the graph; a store of experience that is missing, or knows the questions.
        SandboxError: the sandbox cannot isolate programs here.
    """
    if not plan.methods:
        raise ConfigurationError("no methods to run; name some, see 'codesteer eval methods'")
    for method in plan.methods:
        load_method(method)
    round_items(plan.selection, plan.first)
    require_experience(plan)
    if plan.graph_url is None:
        open_sandbox(plan.sandbox).describe()
    else:
        _check_server(plan, plan.graph_url)


def _check_server(plan: Plan, graph_url: str) -> None:
    """Check that the server is reachable and serves this version of the graph."""
    from codesteer.evals.engine.served import load_steering_method

    for method in plan.methods:
        load_steering_method(method)
    if plan.temperature is not None:
        raise ConfigurationError("the server sets the temperature of its models; remove --temperature")
    if plan.sandbox.partition(":")[0] not in KINDS:
        raise ConfigurationError(f"unknown sandbox {plan.sandbox!r}: choose one of {', '.join(KINDS)}")
    run_blocking(lambda: require_graph(parse_server_address(graph_url)))


def open_model(plan: Plan) -> "Model":
    """Return Inspect's model; raise ConfigurationError for an unknown provider, package or key."""
    from inspect_ai.model import get_model

    from codesteer.evals.engine.provider import inspect_name
    from codesteer.evals.engine.registry import codesteer
    from codesteer.evals.engine.served import PROVIDER

    assert codesteer  # noqa: S101 (imported so that Inspect knows the provider)
    try:
        return get_model(inspect_name(plan.model) if plan.graph_url is None else f"{PROVIDER}/{plan.model}")
    except CodeSteerError:
        raise
    except Exception as error:
        # Each of Inspect's providers raises its own errors for a wrong key, package or name.
        reason = one_line(error).removeprefix("ERROR: ")[:LINE_LENGTH]
        raise ConfigurationError(f"the model {plan.model!r} cannot be used: {reason}") from error


def _task_arguments(plan: Plan) -> dict[str, Any]:
    """Return the arguments that all tasks share."""
    official = plan.selection.official
    return {
        "tasks": list(plan.selection.tasks),
        "split": plan.selection.source,
        "seed": plan.selection.seed,
        "level": plan.selection.level,
        "official": str(official.resolve()) if official else None,
        "max_turns": plan.max_turns,
        "candidates": plan.candidates,
        "max_tokens": plan.max_tokens,
        "max_seconds": plan.max_seconds,
        "temperature": plan.temperature,
        "sandbox": plan.sandbox,
        "retry_temperature": plan.retry_temperature,
        **({"graph_url": plan.graph_url} if plan.graph_url else {}),
    }


def _rounds(plan: Plan, folder: Path, stores: Mapping[str, "GivenStore"]) -> list["Task"]:
    """Return the rounds of methods of one stage, without items that are finished or wait for their reference.

    In a stream, a method has one round with all items.
    """
    from codesteer.evals.engine.given_store import give_store
    from codesteer.evals.engine.joined_logs import joined_items
    from codesteer.evals.engine.tasks import as_stream, symbench, with_token_budgets, without_samples

    common = _task_arguments(plan)
    rounds: list[Task] = []
    saved = items_without_log(folder)
    finished = {method: joined_items(folder, method) | saved.get(method, set()) for method in plan.methods}
    references = {method: load_method(method).reference for method in plan.methods}
    tokens = {name: tokens_by_item(folder, name) for name in set(references.values()) if name is not None}
    single_items: list[dict[str, Any]] = [{"first": index} for index in plan.item_indexes]
    all_items: dict[str, Any] = {"first": plan.first, "samples": plan.samples}
    for items in [all_items] if plan.stream else single_items:
        for method, reference in references.items():
            with give_store(stores.get(method)):
                task = symbench(method=method, **items, **common)
            task = as_stream(task, plan.selection.seed) if plan.stream else task
            task = task if reference is None else with_token_budgets(task, tokens[reference])
            task = without_samples(task, finished[method])
            rounds += [task] if len(task.dataset) else []
    return rounds


def _max_tasks(plan: Plan) -> int:
    """Return how many rounds to run in parallel to use the whole concurrency; a stream's run one after another."""
    if plan.stream:
        return 1
    items = len(selected_tasks(plan.selection))
    return min(len(plan.methods) * plan.samples, -(-plan.concurrency // items) + (plan.concurrency > 1))
