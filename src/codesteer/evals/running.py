"""A comparison as an Inspect eval set: round after round, every method on the k-th item of every task."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from codesteer.errors import LINE_LENGTH, CodeSteerError, ConfigurationError, one_line
from codesteer.evals.items import chosen_tasks, round_of
from codesteer.evals.methods.registry import load_method
from codesteer.evals.plan import Plan, admit
from codesteer.files import alone_in
from codesteer.nodes.sync import run_blocking
from codesteer.remote.server import read_address, require_served
from codesteer.sandboxes.factory import KINDS, open_sandbox

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.log import EvalLog
    from inspect_ai.model import Model

LOGS = "logs"
REQUEST_RETRIES = 7
"""Of one request that meets a rate limit or a failing server: with exponential waits some six minutes."""
SAMPLE_RETRIES = 1
"""Of a problem that ended in an error, at once."""
ROUND_RETRIES = 1
"""Of the problems of a round that still ended in an error."""
Display = Literal["rich", "plain", "none"]


def run_plan(
    plan: Plan, folder: Path, *, display: Display = "plain", cached: bool = False
) -> Sequence["EvalLog"]:
    """Run what the folder does not hold yet; blocks until all is done, and returns the logs.

    Interrupted in whatever way, the same call goes on: only problems under way are asked again.

    Args:
        plan: what to compare.
        folder: where logs are kept.
        display: Inspect's progress display.
        cached: take replies to requests that were made before, with the same model and settings, from
            Inspect's cache; they count with the tokens and seconds they took then.

    Raises:
        ConfigurationError: unknown method, task or model, missing key, a folder of another run, or one that another
            command is writing to.
        SandboxError: programs cannot be run here.
    """
    check(plan)
    model = open_model(plan)
    with alone_in(folder):
        admit(plan, folder)
        return _run(plan, model, folder, display, cached)


def _run(plan: Plan, model: "Model", folder: Path, display: Display, cached: bool) -> Sequence["EvalLog"]:
    from inspect_ai import eval_set
    from inspect_ai.model import CachePolicy

    _, logs = eval_set(
        _rounds(plan),
        log_dir=str(folder / LOGS),
        model=model,
        display=display,
        max_tasks=_tasks_at_once(plan),
        max_samples=plan.concurrency,
        max_connections=plan.concurrency,
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


def check(plan: Plan) -> None:
    """Look for what would go wrong before the first model call.

    Raises:
        ConfigurationError: unknown method or task, missing data, unknown sandbox; with a server: it is not there, or
            does not run this version of the graph.
        SandboxError: the sandbox cannot isolate programs here.
    """
    for method in plan.methods:
        load_method(method)
    round_of(plan.selection, 0)
    if plan.graph_url is None:
        open_sandbox(plan.sandbox).describe()
    else:
        _check_served(plan, plan.graph_url)


def _check_served(plan: Plan, graph_url: str) -> None:
    """Models and sandbox are the server's affair; whether it is there, and runs the same graph, is ours."""
    from codesteer.evals.engine.served import steering

    for method in plan.methods:
        steering(method)
    if plan.temperature is not None:
        raise ConfigurationError("a server's models sample as the server says; leave --temperature out")
    if plan.sandbox.partition(":")[0] not in KINDS:
        raise ConfigurationError(f"unknown sandbox {plan.sandbox!r}: choose one of {', '.join(KINDS)}")
    run_blocking(lambda: require_served(read_address(graph_url)))


def open_model(plan: Plan) -> "Model":
    """Return Inspect's model; raises ConfigurationError for an unknown provider, package or key."""
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
        # Every provider of Inspect's has its own way of saying that a key, a package or a name is wrong.
        reason = one_line(error).removeprefix("ERROR: ")[:LINE_LENGTH]
        raise ConfigurationError(f"the model {plan.model!r} cannot be used: {reason}") from error


def _rounds(plan: Plan) -> list["Task"]:
    from codesteer.evals.engine.tasks import symbench

    official = plan.selection.official
    common: dict[str, Any] = {
        "tasks": list(plan.selection.tasks),
        "split": plan.selection.source,
        "seed": plan.selection.seed,
        "level": plan.selection.level,
        "official": str(official.resolve()) if official else None,
        "max_turns": plan.max_turns,
        "max_tokens": plan.max_tokens,
        "max_seconds": plan.max_seconds,
        "temperature": plan.temperature,
        "sandbox": plan.sandbox,
        "retry_temperature": plan.retry_temperature,
        **({"graph_url": plan.graph_url} if plan.graph_url else {}),
    }
    places = range(plan.samples)
    return [symbench(method=method, first=place, **common) for place in places for method in plan.methods]


def _tasks_at_once(plan: Plan) -> int:
    """As many rounds side by side as it takes to keep all places busy."""
    items = len(chosen_tasks(plan.selection))
    return min(len(plan.methods) * plan.samples, -(-plan.concurrency // items) + (plan.concurrency > 1))
