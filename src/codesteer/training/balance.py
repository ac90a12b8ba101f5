"""Downsample rows so that no kind dominates."""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from random import Random
from statistics import median_low
from typing import TypeVar

Row = TypeVar("Row")


def until_stable(rows: Sequence[Row], balanced: Callable[[Sequence[Row]], Sequence[Row]]) -> list[Row]:
    """Repeat a downsampling until it drops nothing: rows dropped for one property may unbalance another."""
    while len(kept := balanced(rows)) < len(rows):
        rows = kept
    return list(rows)


def cap_per_group(
    rows: Sequence[Row],
    group: Callable[[Row], Hashable],
    most: int,
    rng: Random,
    kind: Callable[[Row], Hashable],
) -> list[Row]:
    """Keep at most ``most`` rows per group, preferring different kinds.

    Args:
        rows: the rows; their order is preserved.
        group: the group of a row, such as its question.
        most: maximum rows per group.
        rng: chooses between rows of one kind.
        kind: the property that should differ between the kept rows.
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
    kind: Callable[[Row], Hashable | None],
    ratio: float,
    rng: Random,
    within: Callable[[Row], Hashable],
) -> list[Row]:
    """Downsample every kind that has more than ``ratio`` times as many rows as the median kind.

    With two kinds, the larger ends up with at most ``ratio`` times as many rows as the smaller.

    Args:
        rows: the rows; their order is preserved.
        kind: the property to balance, such as the first choice; None for a row without it, which is kept.
        ratio: 1 or more; infinity keeps all rows.
        rng: chooses the rows to drop.
        within: sub-group of a row; rows of the largest sub-groups are dropped first, to keep these balanced too.
    """
    kinds = _by(rows, kind)
    others = kinds.pop(None, [])
    if len(kinds) < 2 or math.isinf(ratio):
        return list(rows)
    most = max(1, math.floor(ratio * median_low(len(members) for members in kinds.values())))
    return _thinned(rows, kinds, most, rng, within, others)


def cap_share(
    rows: Sequence[Row],
    kind: Callable[[Row], Hashable],
    share: float,
    rng: Random,
    within: Callable[[Row], Hashable],
) -> list[Row]:
    """Downsample so that no kind has more than a share of all rows that are left.

    Args:
        rows: the rows; their order is preserved.
        kind: the property to balance, such as the task.
        share: above 0; 1 keeps all rows. If there are too few kinds for it, each keeps as many as the smallest.
        rng: chooses the rows to drop.
        within: see ``cap_majorities``.
    """
    kinds = _by(rows, kind)
    sizes = [len(members) for members in kinds.values()]
    most = max(sizes, default=0)
    while most > min(sizes, default=0) and most > share * sum(min(size, most) for size in sizes):
        most -= 1
    return _thinned(rows, kinds, most, rng, within)


def _thinned(
    rows: Sequence[Row],
    kinds: dict[Hashable, list[int]],
    most: int,
    rng: Random,
    within: Callable[[Row], Hashable],
    others: Sequence[int] = (),
) -> list[Row]:
    """Keep at most ``most`` rows of each kind, and the others, in their order."""
    kept = set(others)
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
