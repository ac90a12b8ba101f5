"""Methods whose budget on a problem is what a reference method used there; the reference's results come first."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codesteer.errors import ConfigurationError
from codesteer.evals.items import item_names
from codesteer.evals.methods.registry import load_method
from codesteer.evals.plan import PLAN_FILE, Plan, read_plan
from codesteer.evals.results import Result, read_results


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingItems:
    """Items that a method was not asked, because its reference has no result on them."""

    method: str
    reference: str
    items: int


def in_stages(methods: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the methods that need no reference, then those that do; without empty stages."""
    referring = [method for method in methods if load_method(method).reference]
    stages = (tuple(method for method in methods if method not in referring), tuple(referring))
    return [stage for stage in stages if stage]


def require_references(plan: Plan, folder: Path) -> None:
    """Check that each method's reference is run as well, now or earlier in the same folder.

    Raises:
        ConfigurationError: a reference is missing.
    """
    earlier = read_plan(folder).methods if (folder / PLAN_FILE).exists() else ()
    for method in plan.methods:
        reference = load_method(method).reference
        if reference is not None and reference not in (*plan.methods, *earlier):
            raise ConfigurationError(
                f"{method} needs the results of {reference} on the same items; add {reference} to --methods"
            )


def tokens_by_item(folder: Path, method: str) -> dict[str, int]:
    """Return the tokens that a method used on each item that it was scored on."""
    # After a crash the interrupted rounds of other methods may be unreadable until they are run again.
    return _tokens_by_item(read_results(folder, skip_unreadable=True), method)


def waiting_items(plan: Plan, folder: Path) -> list[WaitingItems]:
    """Return how many items of the plan each method waits for; only methods that wait for any."""
    references = {name: ref for name in plan.methods if (ref := load_method(name).reference) is not None}
    if not references:
        return []
    results = read_results(folder, skip_unreadable=True)
    items = item_names(plan.selection, plan.item_indexes)
    waiting = (
        WaitingItems(
            method=method,
            reference=reference,
            items=len(items - _tokens_by_item(results, reference).keys()),
        )
        for method, reference in references.items()
    )
    return [one for one in waiting if one.items]


def _tokens_by_item(results: Sequence[Result], method: str) -> dict[str, int]:
    return {
        result.item: result.run.total.tokens
        for result in results
        if result.method == method and result.scored and result.run is not None
    }
