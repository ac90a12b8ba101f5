"""The report in a sentence or two: which method solved most, and what steering adds to the best other method."""

from collections.abc import Sequence

from codesteer.evals.matched import finished
from codesteer.evals.report.formatting import interval, short, signed
from codesteer.evals.summary import PairedComparison, Summary


def headline(summaries: Sequence[Summary], paired: Sequence[PairedComparison]) -> str:
    """Say who solved most, and compare the reference method with the best other one.

    Methods that have answered much fewer problems than others do not count: an unfinished one begins with easy ones.

    Args:
        summaries: one for each method.
        paired: the reference method, which steers if any does, compared with each other method.
    """
    named = finished({line.method: line.problems for line in summaries})
    summaries = [line for line in summaries if line.method in named]
    best = max(summaries, key=lambda line: (line.strict.value, -line.cost.tokens))
    ties = [line.method for line in summaries if line.strict.value == best.strict.value]
    parts = [
        f"{_names(ties)} solved {'most' if len(summaries) > 1 else 'this share'}: {interval(best.strict)} of "
        f"{best.problems} problems, at {short(best.cost.tokens)} tokens each."
    ]
    return " ".join([*parts, *_comparison(summaries, paired)])


def _comparison(summaries: Sequence[Summary], paired: Sequence[PairedComparison]) -> list[str]:
    rates = {line.method: line.strict.value for line in summaries}
    finished = (one for one in paired if one.method in rates and one.other in rates)
    pair = max(finished, key=lambda one: rates[one.other], default=None)
    if pair is None:
        return []
    few = "1 problem is" if pair.problems == 1 else f"{pair.problems} problems are"
    meaning = "more than chance explains" if pair.more_than_chance else f"{few} too few to tell them apart"
    unit = "normalised points" if pair.all_normalised else "points of solved (mean of tasks)"
    return [f"{pair.method} minus {pair.other}, paired: {signed(pair.difference)} {unit}; {meaning}."]


def _names(methods: Sequence[str]) -> str:
    return methods[0] if len(methods) == 1 else f"{', '.join(methods[:-1])} and {methods[-1]}"
