"""Date arithmetic in the Gregorian calendar."""

from calendar import day_name, monthrange
from datetime import date, timedelta
from typing import Final

WEEKDAYS: Final = tuple(day_name)
_DAYS: Final = {"day": 1, "week": 7, "fortnight": 14}


def shift_date(start: date, unit: str, count: int) -> date:
    """Return the date that many units later, or earlier for a negative count.

    A unit is ``day``, ``week``, ``fortnight``, ``month``, ``year`` or a weekday's name, searched strictly after
    (before) the start.

    Raises:
        ValueError: The month has no such day, or the date is out of range.
    """
    if unit in _DAYS:
        return start + timedelta(_DAYS[unit] * count)
    if unit in WEEKDAYS:
        gap = (WEEKDAYS.index(unit) - start.weekday()) % 7
        first = (gap or 7) if count > 0 else (gap or 7) - 7 or -7
        return start + timedelta(first + 7 * (count - (1 if count > 0 else -1)))
    months = 12 * start.year + start.month - 1 + count * (12 if unit == "year" else 1)
    return date(months // 12, months % 12 + 1, start.day)


def nth_weekday(day: date) -> int:
    """Return which occurrence of its weekday in the month a day is, counted from 1."""
    return (day.day + 6) // 7


def is_last_weekday(day: date) -> bool:
    """Whether a day is the last of its weekday in the month."""
    return day.day + 7 > monthrange(day.year, day.month)[1]
