"""The results of several runs together: methods are named by the settings in which the runs differ."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.evals.plan import method_settings
from codesteer.evals.report.models import with_distinct_models
from codesteer.evals.report.run import Run
from codesteer.evals.results import Result, latest_results


def combined(runs: Sequence[Run]) -> list[Result]:
    """Return the results of all runs, in the order of their methods.

    Runs of the same settings are one run: a problem counts once for each method, model and settings. If runs differ
    in settings, these are part of the methods' names, and results of the same method are not mixed. Models that two
    runs call by the same name are told apart by their addresses or files.

    Raises:
        ConfigurationError: the runs asked different official items under one name.
    """
    _require_same_items(runs)
    runs = with_distinct_models(runs)
    settings = [{method: method_settings(run.plan, method) for method in _methods(run)} for run in runs]
    differing = _differing([values for of_run in settings for values in of_run.values()])
    named = [
        replace(result, method=_name(result.method, of_run[result.method], differing))
        for run, of_run in zip(runs, settings, strict=True)
        for result in run.results
    ]
    places = {name: place for place, name in enumerate(_names(settings, differing))}
    return sorted(latest_results(named), key=lambda result: places[result.method])


def _require_same_items(runs: Sequence[Run]) -> None:
    seen: dict[str, str] = {}
    for run in runs:
        for item, digest in run.plan.items.items():
            if seen.setdefault(item, digest) != digest:
                raise ConfigurationError(
                    f"the runs asked different items as {item}, from other official data; report them one by one"
                )


def _methods(run: Run) -> list[str]:
    """Return the methods in the order of the plan, which an older version may have written without some."""
    return list(dict.fromkeys([*run.plan.methods, *(result.method for result in run.results)]))


def _differing(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the settings that do not have one value wherever they matter."""
    names = dict.fromkeys(name for values in settings for name in values)
    return [name for name in names if len({repr(of[name]) for of in settings if name in of}) > 1]


def _names(settings: Sequence[Mapping[str, Mapping[str, Any]]], differing: Sequence[str]) -> list[str]:
    """Return the names of all methods; those of one method follow each other."""
    methods = dict.fromkeys(method for of_run in settings for method in of_run)
    return [
        _name(method, of_run[method], differing)
        for method in methods
        for of_run in settings
        if method in of_run
    ]


def _name(method: str, settings: Mapping[str, Any], differing: Sequence[str]) -> str:
    return " · ".join([method, *(_label(name, settings[name]) for name in differing if name in settings)])


def _label(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if value is None or value is False:
        return f"no {words}"
    if value is True:
        return words
    if isinstance(value, Mapping):
        value = value.get("digest")
    return f"{words} {', '.join(map(str, value)) if isinstance(value, list) else value}"
