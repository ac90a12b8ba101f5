"""Long multiplication, digit by digit."""

from codesteer.symbench.problems.number_multiply import Puzzle


def times(digits: list[int], other: list[int]) -> list[int]:
    result = [0] * (len(digits) + len(other))
    for i, one in enumerate(digits):
        for j, two in enumerate(other):
            result[i + j] += one * two
    for i in range(len(result) - 1):
        result[i + 1] += result[i] // 10
        result[i] %= 10
    return result


def accepts(puzzle: Puzzle, answer: int) -> bool:
    product = [1]
    for factor in puzzle.factors:
        product = times(product, [int(digit) for digit in reversed(str(abs(factor)))])
    text = "".join(map(str, reversed(product))).lstrip("0")
    negative = sum(factor < 0 for factor in puzzle.factors) % 2 == 1
    return str(answer) == ("-" if negative else "") + text
