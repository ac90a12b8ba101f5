"""Read the story and count days one by one on a hand-made calendar."""

import re
from random import Random

from codesteer.symbench.problems.date_understanding import TASK, Puzzle

Day = tuple[int, int, int]
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
NTH = ["", "first", "second", "third", "fourth", "fifth"]
HOLIDAYS = {
    "New Year's Day": (1, 1), "Valentine's Day": (2, 14), "Halloween": (10, 31),
    "Christmas Eve": (12, 24), "Christmas Day": (12, 25), "New Year's Eve": (12, 31),
}  # fmt: skip


def length(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else 30 if month in (4, 6, 9, 11) else 28 if month == 2 else 31


def next_day(day: Day) -> Day:
    year, month, number = day
    if number < length(year, month):
        return year, month, number + 1
    return (year + 1, 1, 1) if month == 12 else (year, month + 1, 1)


def day_before(day: Day) -> Day:
    year, month, number = day
    if number > 1:
        return year, month, number - 1
    return (year - 1, 12, 31) if month == 1 else (year, month - 1, length(year, month - 1))


def weekday(day: Day) -> str:
    year, month, number = day
    shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]
    year -= month < 3
    return WEEK[(year + year // 4 - year // 100 + year // 400 + shift + number - 1) % 7]


def walk(day: Day, count: int) -> Day:
    for _ in range(abs(count)):
        day = next_day(day) if count > 0 else day_before(day)
    return day


def move(day: Day, words: str, sign: int) -> Day:
    nth = re.fullmatch(r"the (\w+) (\w+)", words)
    if nth:
        left = NTH.index(nth[1])
        while left:
            day = walk(day, sign)
            left -= weekday(day) == nth[2]
        return day
    number, unit = words.removeprefix("exactly ").removesuffix("s").split(" ")
    count = sign * (1 if number == "one" else int(number))
    year, month, of_month = day
    if unit == "year":
        return year + count, month, of_month
    if unit == "month":
        months = year * 12 + month - 1 + count
        return months // 12, months % 12 + 1, of_month
    return walk(day, count * {"day": 1, "week": 7, "fortnight": 14}[unit])


def dated(words: str) -> Day:
    month = next((MONTHS.index(name) + 1 for name in MONTHS if name in words), 0)
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    for name, (of_year, number) in HOLIDAYS.items():
        if words.startswith(name):
            return numbers[-1], of_year, number
    if "(MM/DD/YYYY)" in words:
        return numbers[2], numbers[0], numbers[1]
    if "(DD.MM.YYYY)" in words:
        return numbers[2], numbers[1], numbers[0]
    if "(YYYY-MM-DD)" in words:
        return numbers[0], numbers[1], numbers[2]
    if "of the year" in words:
        return walk((numbers[1], 1, 1), numbers[0] - 1)
    if "last day" in words:
        return numbers[0], month, length(numbers[0], month)
    if "first day" in words:
        return numbers[0], month, 1
    if len(numbers) == 2:
        return numbers[1], month, numbers[0]
    days = [(numbers[0], month, n) for n in range(1, length(numbers[0], month) + 1)]
    which, name = words.removeprefix("the ").split(" ")[:2]
    fitting = [day for day in days if weekday(day) == name]
    return fitting[-1 if which == "last" else NTH.index(which) - 1]


def accepts(puzzle: Puzzle, answer: str) -> bool:
    story, question = TASK.format_question(puzzle).split("\n\n")
    first, *rest = re.split(r"\.(?: (?=[A-Z])|$)", story)
    event, phrase = first.split(" is ", 1)
    known = {event.lower(): dated(phrase.removeprefix("on "))}
    for sentence in filter(None, rest):
        match = re.fullmatch(r"(.+?) is (?:on )?(.+) (after|before) (.+)", sentence)
        assert match, sentence
        known[match[1].lower()] = move(known[match[4]], match[2], 1 if match[3] == "after" else -1)
    asked = re.search(r"Which date is it (.+)\?", question)
    assert asked
    plain = {"today": 0, "tomorrow": 1, "yesterday": -1}
    today = known["today"]
    if asked[1] in plain:
        day = walk(today, plain[asked[1]])
    else:
        ago = asked[1].endswith(" ago")
        day = move(today, asked[1].removesuffix(" ago").removesuffix(" from today"), -1 if ago else 1)
    return f"({answer}) {day[1]:02}/{day[2]:02}/{day[0]:04}\n" in question


def mutants(puzzle: Puzzle, answer: str, rng: Random) -> list[str]:
    del puzzle, answer, rng
    return [*"ABCDEFG", "A, B"]
