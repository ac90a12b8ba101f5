"""Thinning rows out so that no kind of row outweighs the others."""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from random import Random
from statistics import median_low
from typing import TypeVar

Row = TypeVar("Row")


def cap_per_group(
    rows: Sequence[Row],
    group: Callable[[Row], Hashable],
    most: int,
    rng: Random,
    kind: Callable[[Row], Hashable],
) -> list[Row]:
    """Keep at most ``most`` rows of a group, different kinds of them first.

    Args:
        rows: in any order; the order of those kept stays.
        group: what a row belongs to, such as its question.
        most: rows kept of each group.
        rng: decides between rows of one kind.
        kind: what should differ between the rows kept.
    """
    kept: set[int] = set()
    for members in _by(rows, group).values():
        rng.shuffle(members)
        seen: dict[Hashable, int] = defaultdict(int)
        ranked = []
        for index in members:
            ranked.append((seen[kind(rows[index])], index))
            seen[kind(rows[index])] += 1
        kept |= {index for _, index in sorted(ranked, key=lambda entry: entry[0])[:most]}
    return [row for index, row in enumerate(rows) if index in kept]


def cap_majorities(
    rows: Sequence[Row],
    kind: Callable[[Row], Hashable],
    ratio: float,
    rng: Random,
    within: Callable[[Row], Hashable],
) -> list[Row]:
    """Thin out every kind that has more than ``ratio`` times as many rows as the median kind.

    With two kinds that means: the larger has at most ``ratio`` times as many as the smaller.

    Args:
        rows: in any order; the order of those kept stays.
        kind: what is to be balanced, such as the first choice.
        ratio: 1 or more.
        rng: decides which rows go.
        within: rows go first from the largest of these sub-groups, so that thinning one kind unbalances no other.
    """
    kinds = _by(rows, kind)
    if len(kinds) < 2:
        return list(rows)
    most = max(1, math.floor(ratio * median_low(len(members) for members in kinds.values())))
    kept: set[int] = set()
    for members in kinds.values():
        kept |= set(_thin(members, most, rng, lambda index: within(rows[index])))
    return [row for index, row in enumerate(rows) if index in kept]


def _thin(members: list[int], most: int, rng: Random, within: Callable[[int], Hashable]) -> list[int]:
    """Take one row of each sub-group in turn until there are enough."""
    rng.shuffle(members)
    queues = list(_by(members, within).values())
    kept: list[int] = []
    while queues and len(kept) < most:
        kept += [members[queue.pop()] for queue in queues]
        queues = [queue for queue in queues if queue]
    return kept[:most]


def _by(rows: Sequence[Row], key: Callable[[Row], Hashable]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[key(row)].append(index)
    return dict(groups)
