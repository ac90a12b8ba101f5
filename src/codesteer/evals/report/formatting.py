"""Number formats of the report."""

from codesteer.evals.intervals import Interval

NO_SCORE = "\N{EN DASH}"
"""Shown where there is no score: a task without a best rate has no normalised one."""


def percent(share: float) -> str:
    """Format a share as a whole percentage."""
    return f"{100 * share:.0f} %"


def interval(share: Interval) -> str:
    """Format a share with its interval."""
    return f"{100 * share.value:.1f} % ({100 * share.low:.0f} to {100 * share.high:.0f})"


def counted(number: int, total: int) -> str:
    """Format a number with its share of a total."""
    return f"{number} ({percent(number / total)})" if total else str(number)


def points(share: float) -> str:
    """Format a difference of shares in percentage points."""
    return f"{100 * share:.1f}"


def score(value: float | None) -> str:
    """Format a score from 0 to 100."""
    return NO_SCORE if value is None else f"{value:.1f}"


def score_interval(value: Interval | None) -> str:
    """Format a score from 0 to 100 with its interval, if resamples differ at all."""
    if value is None or not value.has_spread:
        return score(value.value if value else None)
    return f"{value.value:.1f} ({value.low:.1f} to {value.high:.1f})"


def signed(difference: Interval | None) -> str:
    """Format a difference in points with its interval, if resamples differ at all."""
    if difference is None:
        return NO_SCORE
    between = f" ({difference.low:+.1f} to {difference.high:+.1f})" if difference.has_spread else ""
    return f"{difference.value:+.1f}{between}"


def short(number: float) -> str:
    """Format a count without false precision."""
    return f"{number / 1000:.1f} k" if number >= 10_000 else f"{number:.0f}"
