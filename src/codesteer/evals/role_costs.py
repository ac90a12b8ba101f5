"""What the guide and the checker cost beside the task model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codesteer.evals.results import Result
from codesteer.evals.summary import method_names
from codesteer.models.usage import Usage

ROLES = ("task", "guide", "checker")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCost:
    """Mean cost of one role per problem."""

    method: str
    role: str
    calls: float
    input_tokens: float
    output_tokens: float
    seconds: float
    """Time that runs waited for the role's model; concurrent requests and queues count in full."""


def role_costs(results: Sequence[Result]) -> list[RoleCost]:
    """Return the costs by role of the methods in which a guide's or a checker's model was called."""
    return [cost for method in method_names(results) for cost in _of_method(method, results)]


def _of_method(method: str, results: Sequence[Result]) -> Iterator[RoleCost]:
    runs = [result.run for result in results if result.method == method and result.run is not None]
    used = [role for role in ROLES if any(role in run.usage for run in runs)]
    if used in ([], ["task"]):
        return
    for role in used:
        total = sum((run.usage.get(role, Usage()) for run in runs), Usage())
        yield RoleCost(
            method=method,
            role=role,
            calls=total.calls / len(runs),
            input_tokens=total.input_tokens / len(runs),
            output_tokens=total.output_tokens / len(runs),
            seconds=total.seconds / len(runs),
        )
