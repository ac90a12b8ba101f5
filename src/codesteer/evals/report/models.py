"""The names of models in a report of several runs: two endpoints or files may call their models the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from codesteer.evals.plan import Plan
from codesteer.evals.report.run import Run
from codesteer.models.model_content import shown_content


def with_distinct_models(runs: Sequence[Run]) -> list[Run]:
    """Return the runs with other names of the models that share theirs with another run's model.

    A model is the same if its file holds the same, or, without a file, if the plan names it the same.
    """
    found: dict[str, set[str]] = {}
    for run in runs:
        for result in run.results:
            found.setdefault(result.model, set()).add(_identity(run.plan))
    shared = {name for name, identities in found.items() if len(identities) > 1}
    labels = _labels(run.plan for run in runs)
    return [_renamed(run, shared, labels) for run in runs]


def _renamed(run: Run, shared: set[str], labels: Mapping[str, str]) -> Run:
    label = labels[_identity(run.plan)]
    results = [replace(result, model=label) if result.model in shared else result for result in run.results]
    return replace(run, results=results)


def _labels(plans: Iterable[Plan]) -> dict[str, str]:
    """Return a name for each model: that in the plan, with the file's hash where other content has the same name."""
    names = {_identity(plan): plan.model for plan in plans}
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {
        identity: f"{name} ({shown_content(identity)})" if name in twice else name
        for identity, name in names.items()
    }


def _identity(plan: Plan) -> str:
    return plan.model_files.get(plan.model) or plan.model
