"""The table of question counts is up to date; seeds share no questions if there are enough."""

import csv
import hashlib
from itertools import permutations, product
from math import sqrt
from pathlib import Path

import pytest
from tests.symbench.helpers import ITEMS, WITH_GENERATOR
from tests.symbench.oracles.constrained_linear_arrangement import outcome

from codesteer.symbench import SPLITS, load_task

TABLE = Path(__file__).parents[2] / "docs/symbench.distinct.csv"
ROWS = {
    (row["task"], int(row["level"])): row
    for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())
}
MEASURED = 300
"""Questions a level that the table's measurement drew from each of the two seeds."""
SHARING: dict[tuple[str, int], int | None] = {
    ("blocksworld", 1): None,
    ("blocksworld", 2): None,
    ("boxnet", 1): None,
    ("boxnet", 2): None,
    ("combinatorial_calculation", 2): None,
    ("constrained_linear_arrangement", 1): 408,
    ("constrained_linear_arrangement", 2): 6960,
    ("constrained_linear_arrangement", 3): 10560,
    ("constrained_linear_arrangement", 4): None,
    ("cryptanalysis", 4): None,
    ("eight_queens", 1): None,
    ("game24", 1): 7434,
    ("game24", 2): 1362,
    ("game24", 3): None,
    ("logical_puzzle", 1): None,
    ("logical_puzzle", 2): None,
    ("navigation", 1): None,
    ("new_operator", 1): None,
    ("number_multiply", 1): None,
    ("reversi", 1): None,
    ("reversi", 2): None,
    ("statistical_counting", 1): None,
    ("string_insertion", 1): None,
    ("string_insertion", 2): None,
    ("string_insertion", 3): None,
    ("string_splitting", 1): None,
    ("string_splitting", 2): None,
    ("string_splitting", 3): None,
    ("string_splitting", 4): None,
    ("string_splitting", 5): None,
    ("string_synthesis", 1): None,
    ("string_synthesis", 2): None,
    ("string_synthesis", 3): None,
    ("string_synthesis", 4): None,
    ("synthesis_decomposition", 1): None,
    ("synthesis_decomposition", 2): None,
    ("synthesis_decomposition", 3): None,
    ("synthesis_decomposition", 4): None,
    ("synthesis_decomposition", 5): None,
    ("synthesis_decomposition", 6): None,
}
"""The levels where the two seeds have a question in common, with the size of those whose questions were counted."""


def questions(slug: str, level: int, seed: int, count: int) -> list[str]:
    task = load_task(slug)
    return [task.generate(seed, level, index=index).question for index in range(count)]


@pytest.mark.parametrize("slug", WITH_GENERATOR)
def test_the_table_is_up_to_date(slug: str) -> None:
    task = load_task(slug)
    rows = {level: row for (name, level), row in ROWS.items() if name == slug}
    new = f"run python benchmarks/symbench_distinct.py {slug} >> docs/symbench.distinct.csv"
    assert list(rows) == list(task.levels), new
    for level, row in rows.items():
        first = hashlib.sha256(questions(slug, level, 42, 1)[0].encode()).hexdigest()[:12]
        again = "run python benchmarks/symbench_distinct.py > docs/symbench.distinct.csv"
        assert (row["difficulty"], row["first"]) == (str(task.difficulties[level - 1]), first), again
        assert int(row["drawn"]) == 2 * MEASURED


@pytest.mark.parametrize("slug", WITH_GENERATOR)
def test_seeds_share_no_questions_if_there_are_enough(slug: str) -> None:
    task = load_task(slug)
    count = min(MEASURED, max(4, ITEMS // len(task.levels)))
    for level in task.levels:
        one, other = (set(questions(slug, level, seed, count)) for seed in (42, 43))
        shared = len(one & other)
        assert shared == 0 or (slug, level) in SHARING, level
        assert shared <= int(ROWS[slug, level]["shared"])
        if count == MEASURED:
            assert (shared, len(one | other)) == (
                int(ROWS[slug, level]["shared"]),
                int(ROWS[slug, level]["distinct"]),
            )


def test_the_listed_levels_are_those_that_share_questions() -> None:
    assert {place for place, row in ROWS.items() if int(row["shared"])} == set(SHARING)


@pytest.mark.parametrize("place", SHARING)
def test_a_level_shares_no_more_than_its_size_explains(place: tuple[str, int]) -> None:
    row, size = ROWS[place], SHARING[place]
    least = int(row["questions"])
    if size is not None:  # counted, not only bounded; few draws are needed to see how few there are
        assert size / 4 < least <= size
    by_chance = len(SPLITS) * MEASURED**2 / least
    assert int(row["shared"]) <= by_chance + 3 * sqrt(by_chance)


def test_the_smallest_game_is_counted() -> None:
    """All hands of the stick game with three rounds, and all results that they can have."""
    hands = list(permutations("ABCD", 3))
    games = {
        (own, tuple(outcome("stick_game", one, two) for one, two in zip(own, other, strict=True)))
        for own, other in product(hands, hands)
    }
    assert len(games) == SHARING["constrained_linear_arrangement", 1]
