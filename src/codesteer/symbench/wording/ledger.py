"""Stories in which a stock of things changes several times."""

from random import Random
from typing import Final, NamedTuple

THINGS: Final = (
    "acorns",
    "badges",
    "bricks",
    "buttons",
    "candles",
    "corks",
    "feathers",
    "leaflets",
    "lemons",
    "nails",
    "pebbles",
    "pencils",
    "postcards",
    "shells",
    "stamps",
    "tiles",
    "tickets",
    "walnuts",
)
_PARTS: Final = {
    2: "Half",
    3: "A third",
    4: "A quarter",
    5: "A fifth",
    6: "A sixth",
    8: "An eighth",
    10: "A tenth",
}


class Entry(NamedTuple):
    """An event, the stock after it, and an expression for that with ``{}`` for the stock before."""

    words: str
    stock: int
    change: str


def random_entry(rng: Random, stock: int, name: str, other: str) -> Entry:
    """Draw a change that leaves a whole positive stock."""
    kinds = (_bought, _lost, _part, _multiplied, _boxes, _share, _handed)
    while True:
        found = rng.choice(kinds)(rng, stock, name, other)
        if found and found.stock > 0:
            return found


def _bought(rng: Random, stock: int, name: str, other: str) -> Entry:
    count = rng.randint(2, max(9, stock))
    return Entry(f"{name} buys {count} more from {other}.", stock + count, f"({{}} + {count})")


def _lost(rng: Random, stock: int, name: str, other: str) -> Entry:
    count = rng.randint(1, max(2, stock // 2))
    return Entry(f"{count} of them get lost.", stock - count, f"({{}} - {count})")


def _part(rng: Random, stock: int, name: str, other: str) -> Entry | None:
    parts = rng.choice(tuple(_PARTS))
    if stock % parts:
        return None
    words = f"{_PARTS[parts]} of the stock goes to {other} as a present."
    return Entry(words, stock - stock // parts, f"({{}} * {parts - 1} / {parts})")


def _multiplied(rng: Random, stock: int, name: str, other: str) -> Entry:
    times = rng.randint(2, 5)
    words = f"A merchant then swaps every single one for {times} of the same kind."
    return Entry(words, stock * times, f"({{}} * {times})")


def _boxes(rng: Random, stock: int, name: str, other: str) -> Entry:
    boxes, inside = rng.randint(3, 40), rng.randint(6, 60)
    words = f"{other} brings {boxes} boxes with {inside} in each."
    return Entry(words, stock + boxes * inside, f"({{}} + {boxes} * {inside})")


def _share(rng: Random, stock: int, name: str, other: str) -> Entry | None:
    percent = 5 * rng.randint(1, 15)
    if stock * percent % 100:
        return None
    words = f"{percent} percent of the stock is sold at a market."
    return Entry(words, stock * (100 - percent) // 100, f"({{}} * (100 - {percent}) / 100)")


def _handed(rng: Random, stock: int, name: str, other: str) -> Entry | None:
    people, each = rng.randint(3, 30), rng.randint(2, 20)
    words = f"{name} hands {each} to each of {people} children."
    return Entry(words, stock - people * each, f"({{}} - {people} * {each})")
