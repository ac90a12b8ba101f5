"""Evaluate an expression with newly defined operators.

An operator is ``p*a + q*b``, ``p*a*b`` or ``(a + b)/b``. Our expressions are fully parenthesised. The official ones
with three operators do not define precedence: either grouping is accepted, and 99 of the 100 stored answers match
neither.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import is_rounding, parse_numeral, parse_rational, unlatex
from codesteer.symbench.task import Task

Tree = Any
"""An operand, or a tuple of operator, left tree and right tree."""

SYMBOLS: Final = "#@$&%~"

_TOLERANCE = Fraction(1, 10**6)
_MAX_VALUE = 10**300
_TOKEN = re.compile(r"\d+|[#@$&%~()]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    operators: int
    """Number of operators."""
    operands: int
    max_operand: int = 10


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The operators, each a symbol with its formula, and the readings of the expression."""

    operators: tuple[tuple[str, str], ...]
    readings: tuple[Tree, ...]


class NewOperator(Task[Difficulty, Puzzle, str]):
    """Expressions with newly defined operators."""

    slug = "new_operator"
    title = "New operator"
    seen = True
    answer_format = "a number"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(1, 2, max_operand=50),
        Difficulty(1, 3, max_operand=20),
        Difficulty(2, 4),
        Difficulty(3, 4),
        Difficulty(3, 6),
        Difficulty(5, 9, max_operand=20),
        Difficulty(6, 14, max_operand=20),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, str]:
        """Draw formulas and a random tree that uses every operator."""
        symbols = rng.sample(SYMBOLS, difficulty.operators)
        operators = tuple((symbol, _formula(rng)) for symbol in symbols)
        uses = symbols + rng.choices(symbols, k=difficulty.operands - 1 - len(symbols))
        rng.shuffle(uses)
        trees: list[Tree] = [rng.randint(1, difficulty.max_operand) for _ in range(difficulty.operands)]
        for symbol in uses:
            at = rng.randrange(len(trees) - 1)
            trees[at : at + 2] = [(symbol, trees[at], trees[at + 1])]
        puzzle = Puzzle(operators, (trees[0],))
        return SolvedPuzzle(puzzle, str(_values(puzzle)[0]))

    def format_question(self, puzzle: Puzzle) -> str:
        """Define the operators and print the expression with all parentheses."""
        definitions = "\n".join(f"a {symbol} b = {formula}" for symbol, formula in puzzle.operators)
        return (
            "These operators on numbers a and b are defined with ordinary arithmetic:\n\n"
            f"{definitions}\n\n"
            f"Calculate {_text(puzzle.readings[0])[1:-1]}.\n"
            "Give the exact value as an integer, as a fraction such as 7/4, or as a decimal with at least "
            "eight significant digits, in the format <<<number>>>, for example <<<12.5>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read one number."""
        return parse_numeral(text)

    def find_violation(self, puzzle: Puzzle, answer: str) -> str | None:
        """Compare with the value of each reading; only decimals may be rounded, to six digits."""
        values = _values(puzzle)
        if any(is_rounding(answer, value, _TOLERANCE * abs(value)) for value in values):
            return None
        return f"expected {' or '.join(map(str, values))}"

    def solve(self, item: Item[Puzzle, str]) -> str | None:
        """Evaluate the first reading."""
        return str(_values(item.data)[0])

    def format_answer(self, answer: str) -> str:
        """Write whole numbers as such, others as decimals."""
        return str(float(Fraction(answer))) if "/" in answer else answer

    def official_validator_accepts(self, item: Item[Puzzle, str], text: str) -> bool:
        """Parse a float that must equal the stored float to the last bit."""
        value = parse_rational(text)
        return (
            "/" not in unlatex(text)
            and abs(value) < _MAX_VALUE
            and float(value) == float(Fraction(item.answer))
        )

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the formulas, both groupings of the question's expression, and the stored value."""
        stored = record["answer"]
        expression = record["question"].split("Calculate ")[1].split(".")[0]
        tokens = _TOKEN.findall(expression)
        readings = (_group_left(tokens), _group_right(tokens))
        operators = tuple(stored["operator_definitions"].items())
        distinct = readings[:1] if readings[0] == readings[1] else readings
        return SolvedPuzzle(Puzzle(operators, distinct), parse_numeral(repr(stored["solution"])))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, str]) -> tuple[str, ...]:
        """Flag an item whose two groupings have different values."""
        return ("ambiguous_grouping",) if len(set(_values(solved.puzzle))) > 1 else ()


def _formula(rng: Random) -> str:
    p, q = rng.randint(1, 5), rng.randint(1, 5)
    return rng.choice((f"{p}*a+{q}*b", f"{p}*a*b", "(a + b)/b"))


def _values(puzzle: Puzzle) -> list[Fraction]:
    return [_value(tree, dict(puzzle.operators)) for tree in puzzle.readings]


def _value(tree: Tree, operators: Mapping[str, str]) -> Fraction:
    if isinstance(tree, int):
        return Fraction(tree)
    symbol, left, right = tree
    a, b = _value(left, operators), _value(right, operators)
    formula = operators[symbol]
    numbers = [int(digit) for digit in re.findall(r"\d+", formula)]
    if "/" in formula:
        return (a + b) / b
    return numbers[0] * a + numbers[1] * b if "+" in formula else numbers[0] * a * b


def _text(tree: Tree) -> str:
    return str(tree) if isinstance(tree, int) else f"({_text(tree[1])} {tree[0]} {_text(tree[2])})"


def _group_left(tokens: list[str]) -> Tree:
    """Return the tree of an expression whose operators all apply from left to right."""
    tree, rest = _operand(tokens)
    while rest:
        right, after = _operand(rest[1:])
        tree, rest = (rest[0], tree, right), after
    return tree


def _group_right(tokens: list[str]) -> Tree:
    """Return the tree of an expression whose operators all apply from right to left."""
    tree, rest = _operand(tokens)
    return (rest[0], tree, _group_right(rest[1:])) if rest else tree


def _operand(tokens: list[str]) -> tuple[Tree, list[str]]:
    """Return the first operand and the tokens after it; official parentheses hold a single operator."""
    if tokens[0] == "(":
        return (tokens[2], int(tokens[1]), int(tokens[3])), tokens[5:]
    return int(tokens[0]), tokens[1:]


TASK = NewOperator()
