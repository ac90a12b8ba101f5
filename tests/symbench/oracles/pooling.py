"""Windows by index arithmetic, numbers as decimals."""

from decimal import Decimal

from codesteer.symbench.problems.pooling import Numerals, Puzzle


def decimal(numeral: str) -> Decimal:
    above, _, below = numeral.partition("/")
    return Decimal(above) / Decimal(below or 1)


def accepts(puzzle: Puzzle, answer: Numerals) -> bool:
    windows: dict[tuple[int, int], list[int]] = {}
    side = len(puzzle.grid)
    for r in range(side):
        for c in range(side):
            for i in range(side):
                for j in range(side):
                    inside = i * puzzle.stride <= r < i * puzzle.stride + puzzle.window
                    if inside and j * puzzle.stride <= c < j * puzzle.stride + puzzle.window:
                        windows.setdefault((i, j), []).append(puzzle.grid[r][c])
    full = {place: cells for place, cells in windows.items() if len(cells) == puzzle.window**2}
    given = {(i, j): decimal(number) for i, row in enumerate(answer) for j, number in enumerate(row)}
    if given.keys() != full.keys():
        return False
    if puzzle.kind == "max":
        return all(given[place] == sorted(cells)[-1] for place, cells in full.items())
    return all(
        abs(given[place] * len(cells) - sum(cells)) <= Decimal("0.001") * len(cells)
        for place, cells in full.items()
    )


def mutants(puzzle: Puzzle, answer: Numerals, rng: object) -> list[Numerals]:
    first = decimal(answer[0][0])
    changed = [
        ((number, *answer[0][1:]), *answer[1:])
        for number in (str(first + 1), str(first - 1), str(first + Decimal("0.01")), str(-first - 1))
    ]
    return [
        *changed,
        answer[1:],
        answer[:-1],
        (*answer, answer[0]),
        answer[::-1],
        (answer[0][:-1], *answer[1:]),
    ]
