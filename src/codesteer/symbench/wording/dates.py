"""Dates and time spans in words."""

from calendar import month_name, monthrange
from collections.abc import Callable
from datetime import date
from typing import Final

from codesteer.symbench.solvers.dates import WEEKDAYS, is_last_weekday, nth_weekday

EVENTS: Final = tuple(
    f"the {name}"
    for name in (
        "auction",
        "audit",
        "board meeting",
        "book launch",
        "chess final",
        "choir rehearsal",
        "delivery",
        "dental check-up",
        "driving test",
        "exhibition opening",
        "flight",
        "garden party",
        "house move",
        "inspection",
        "job interview",
        "lecture",
        "marathon",
        "premiere",
        "regatta",
        "school play",
        "tax deadline",
        "vaccination",
        "wedding",
        "workshop",
    )
)
_HOLIDAYS: Final = {
    (1, 1): "New Year's Day",
    (2, 14): "Valentine's Day (February 14)",
    (10, 31): "Halloween (October 31)",
    (12, 24): "Christmas Eve (December 24)",
    (12, 25): "Christmas Day (December 25)",
    (12, 31): "New Year's Eve",
}
_NTH: Final = ("first", "second", "third", "fourth", "fifth")


def _month(day: date) -> str:
    return f"{month_name[day.month]} {day.year}"


def _holiday(day: date) -> str | None:
    name = _HOLIDAYS.get((day.month, day.day))
    return name and f"{name} of {day.year}"


def _last_day(day: date) -> str | None:
    return f"the last day of {_month(day)}" if day.day == monthrange(day.year, day.month)[1] else None


def _last_weekday(day: date) -> str | None:
    return f"the last {WEEKDAYS[day.weekday()]} of {_month(day)}" if is_last_weekday(day) else None


DATES: Final[dict[str, Callable[[date], str | None]]] = {
    "long": lambda day: f"{month_name[day.month]} {day.day}, {day.year}",
    "american": lambda day: f"{day:%m/%d}/{day.year} (MM/DD/YYYY)",
    "european": lambda day: f"{day:%d.%m}.{day.year} (DD.MM.YYYY)",
    "iso": lambda day: f"{day.isoformat()} (YYYY-MM-DD)",
    "formal": lambda day: f"day {day.day} of {_month(day)}",
    "weekday": lambda day: f"the {_NTH[nth_weekday(day) - 1]} {WEEKDAYS[day.weekday()]} of {_month(day)}",
    "last weekday": _last_weekday,
    "day of year": lambda day: f"day {day.timetuple().tm_yday} of the year {day.year} (January 1 is day 1)",
    "first day": lambda day: f"the first day of {_month(day)}" if day.day == 1 else None,
    "last day": _last_day,
    "holiday": _holiday,
}
"""Ways to express a date; None if the phrase does not fit it."""


def describe_span(unit: str, count: int) -> str:
    """Describe a length of time without its direction: ``9 days``, ``one month``."""
    number = abs(count)
    return f"one {unit}" if number == 1 else f"{number} {unit}s"


def describe_offset(unit: str, count: int, start: str) -> str:
    """Describe a day relative to another one."""
    side = "after" if count > 0 else "before"
    if unit in WEEKDAYS:
        return f"the {_NTH[abs(count) - 1]} {unit} {side} {start}"
    return f"exactly {describe_span(unit, count)} {side} {start}"


def describe_from_today(unit: str, count: int) -> str:
    """Describe a day relative to today."""
    if unit == "day" and abs(count) < 2:
        return ("yesterday", "today", "tomorrow")[count + 1]
    return f"{describe_span(unit, count)} from today" if count > 0 else f"{describe_span(unit, count)} ago"
