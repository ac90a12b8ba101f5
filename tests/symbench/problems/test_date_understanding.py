"""Date arithmetic by hand; the official samples read by a person."""

from datetime import date

import pytest

from codesteer.symbench.problems.date_understanding import TASK
from codesteer.symbench.solvers.dates import shift_date
from codesteer.symbench.wording.dates import DATES

FRIDAY = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("unit", "count", "end"),
    [
        ("day", -1, date(2024, 2, 29)),
        ("week", 2, date(2024, 3, 15)),
        ("fortnight", -1, date(2024, 2, 16)),
        ("month", -3, date(2023, 12, 1)),
        ("month", 10, date(2025, 1, 1)),
        ("year", -24, date(2000, 3, 1)),
        ("Friday", 1, date(2024, 3, 8)),
        ("Friday", -1, date(2024, 2, 23)),
        ("Saturday", 1, date(2024, 3, 2)),
        ("Saturday", -2, date(2024, 2, 17)),
        ("Thursday", -1, date(2024, 2, 29)),
        ("Thursday", 3, date(2024, 3, 21)),
    ],
)
def test_steps(unit: str, count: int, end: date) -> None:
    assert shift_date(FRIDAY, unit, count) == end


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("weekday", "the first Friday of March 2024"),
        ("last weekday", None),
        ("first day", "the first day of March 2024"),
        ("last day", None),
        ("day of year", "day 61 of the year 2024 (January 1 is day 1)"),
        ("european", "01.03.2024 (DD.MM.YYYY)"),
        ("holiday", None),
    ],
)
def test_dates_in_words(told: str, words: str | None) -> None:
    assert DATES[told](FRIDAY) == words


@pytest.mark.parametrize("level", TASK.levels)
def test_options_differ(level: int) -> None:
    for index in range(20):
        options = TASK.generate(9, level, index=index).data.options
        assert len(set(options)) == 6
