"""Recognise the story by a phrase, take its numbers from the question, and recompute with decimals."""

import re
from collections.abc import Callable
from decimal import Decimal, getcontext
from fractions import Fraction
from random import Random

from codesteer.symbench.problems.gsm_hard import TASK, Puzzle
from codesteer.symbench.wording.stories import STORIES

getcontext().prec = 80
D = Decimal


def days(books: D, days_: D, lent: D, back: D) -> D:
    for _ in range(int(days_)):
        books += back - lent
    return books


def tank(size: D, fill: D, leak: D, minutes: D) -> D:
    level = D(0)
    for _ in range(int(minutes)):
        level += fill - leak
    return size - level


SOLVERS: dict[str, Callable[..., D]] = {
    "orchard": lambda rows, trees, apples, bad: (total := rows * trees * apples) - total * bad / 100,
    "library": days,
    "ferry": lambda cars, times, coins, n: sum((cars * coins for _ in range(int(times * n))), D(0)),
    "screws": lambda made, hours, box, n: made * hours * n / box,
    "loom": lambda crowns, months, price: sum((crowns for _ in range(int(months))), D(0)) - price,
    "glacier": lambda times, age: age * (times - 1),
    "A tank for": tank,
    "theatre": lambda full, price, half: price / 2 * (full * 2 + half),
    "metres a minute and then": lambda h1, v1, h2, v2: (h1 * v1 + h2 * v2) * 60,
    "litre of paint": lambda long, high, covers, cost: long * high * cost / covers,
    "boat": lambda price, up, down: (price + price * up / 100) * (1 - down / 100),
    "two cousins": lambda have, each, friends: (have - friends * each) * D("0.5"),
    "hens": lambda hens, lays, eaten, cents: cents * hens * lays - cents * eaten,
    "old printer": lambda pages, old, new: pages * (old + new + new),
    "car park": lambda floors, places, taken: floors * places - floors * places * taken / 100,
    "copies": lambda first, more: sum((first + more * n for n in range(5)), D(0)),
    "reservoir": lambda lost, water, *_: water * (1 - lost / 100) ** 2,
    "fountain": lambda fives, twenties: (fives + 4 * twenties) * 5,
    "masons": lambda a, bricks, c, d, e: bricks * d * e / (a * c),
    "pasture": lambda long, wide, wires: (long + wide + long + wide) * wires,
    "grams of salt": lambda loaves, salt, wanted: salt * wanted / loaves,
    "hotel": lambda floors, rooms, francs, let: floors * rooms * let / 100 * francs,
    "train leaves": lambda n, off, on: (n - off + on) - (n - off + on) / 3,
    "borrows": lambda loan, percent, parts: loan * (1 + percent / 100) / parts,
    "beekeeper": lambda hives, bees, flights, n: n * hives * bees * flights,
    "excavator": lambda trips, metres, litres, per: trips * metres / per * litres,
    "beads": lambda blue, red, beads: beads - beads * red / (blue + red),
    "first game": lambda a, b, c: (a + b + c) / 3,
    "lifts the average": lambda games, mean, up: mean + up + games * up,
    "merchant mixes": lambda a, x, b, y: a * x + b * y,
    "lighthouse": lambda flights, steps, times: flights * steps * times * 2,
    "lamps": lambda lamps, watts, hours: lamps * watts * hours * 7,
    "kites": lambda kites, paid, share, price: kites * share / 100 * price - kites * share / 100 * paid,
    "members of a club": lambda n, b, c: n * b * (1 + c),
    "tower clock": lambda lost, n: lost * n * 24,
    "basin": lambda long, wide, deep, hose, litres: long * wide * deep * litres / hose,
}

PARTS = {"Half": 2, "A third": 3, "A quarter": 4, "A fifth": 5, "A sixth": 6, "An eighth": 8, "A tenth": 10}
ENTRIES: dict[str, Callable[..., D]] = {
    r"buys (\d+) more": lambda q, n: q + n,
    r"^(\d+) of them get lost": lambda q, n: q - n,
    r"every single one for (\d+) of": lambda q, n: q * n,
    r"brings (\d+) boxes with (\d+)": lambda q, n, m: q + n * m,
    r"^(\d+) percent of the stock is sold": lambda q, n: q - q * n / 100,
    r"hands (\d+) to each of (\d+)": lambda q, n, m: q - n * m,
    r"(\d+) cents each": lambda q, n: q * n,
    r"(\d+) people share": lambda q, n: q / n,
    r"and \w+ share all": lambda q: q / 2,
    r"^How many": lambda q: q,
}


def ledger(story: str) -> D:
    first, *rest = re.split(r"(?<=[.?]) ", story)
    stock = D(re.findall(r"\d+", first)[0])
    for sentence in rest:
        part = next((n for words, n in PARTS.items() if sentence.startswith(f"{words} of the stock")), None)
        if part:
            stock -= stock / part
            continue
        pattern = next(pattern for pattern in ENTRIES if re.search(pattern, sentence))
        match = re.search(pattern, sentence)
        assert match
        stock = ENTRIES[pattern](stock, *(D(n) for n in match.groups()))
    return stock


def accepts(puzzle: Puzzle, answer: str) -> bool:
    story = TASK.format_question(puzzle).split("\n\n")[0]
    if "starts with a stock of" in story:
        value = ledger(story)
    else:
        (solver,) = [solver for phrase, solver in SOLVERS.items() if phrase in story]
        value = solver(*(D(n) for n in re.findall(r"\d+", story)))
    given = Fraction(answer)
    return abs(D(given.numerator) / D(given.denominator) - value) < D("1e-30")


def mutants(puzzle: Puzzle, answer: str, rng: Random) -> list[str]:
    value = Fraction(answer)
    return [
        str(other)
        for other in (
            value + 1,
            value - 1,
            -value,
            value * 10,
            value / 2,
            value + Fraction(rng.randint(1, 9), 100),
        )
    ]


assert len(SOLVERS) == len(STORIES)
