"""Number formats of the report."""

from codesteer.evals.intervals import Interval


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


def signed(difference: Interval) -> str:
    """Format a difference in points with its interval."""
    return f"{difference.value:+.1f} ({difference.low:+.1f} to {difference.high:+.1f})"


def short(number: float) -> str:
    """Format a count without false precision."""
    return f"{number / 1000:.1f} k" if number >= 10_000 else f"{number:.0f}"
