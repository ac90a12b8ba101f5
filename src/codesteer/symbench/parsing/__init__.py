"""Parse answers: lenient in form, strict in content, for any input, without ``eval``, in linear time."""

from codesteer.symbench.parsing.choices import parse_choice, parse_option
from codesteer.symbench.parsing.cleaning import clean, unlatex, unlatex_list
from codesteer.symbench.parsing.corrections import denies
from codesteer.symbench.parsing.counts import parse_counts
from codesteer.symbench.parsing.equivalence import is_equivalent
from codesteer.symbench.parsing.expressions import (
    EXACT,
    PYTHON,
    Expression,
    equation_sides,
    evaluate,
    plain_expression,
)
from codesteer.symbench.parsing.extraction import FoundAnswer, UnreadableError, find_answers
from codesteer.symbench.parsing.formulas import Value, evaluate_formula
from codesteer.symbench.parsing.fraction_lists import plain_fractions
from codesteer.symbench.parsing.grids import chunked, parse_cells, parse_grid
from codesteer.symbench.parsing.labels import in_label_order, pairs_in_label_order
from codesteer.symbench.parsing.lists import plain_items, plain_lines, plain_list, without_label
from codesteer.symbench.parsing.matrices import plain_matrix
from codesteer.symbench.parsing.nested import parse_nested
from codesteer.symbench.parsing.numbers import (
    parse_coordinates,
    parse_integer,
    parse_integers,
    parse_numeral,
    parse_numerals,
    parse_pairs,
    parse_rational,
    parse_rationals,
)
from codesteer.symbench.parsing.objects import Pairs, parse_objects
from codesteer.symbench.parsing.roundings import is_rounding
from codesteer.symbench.parsing.strings import parse_letters, parse_string, parse_tokens, plain_letters

__all__ = [
    "EXACT",
    "PYTHON",
    "Expression",
    "FoundAnswer",
    "Pairs",
    "UnreadableError",
    "Value",
    "chunked",
    "clean",
    "denies",
    "equation_sides",
    "evaluate",
    "evaluate_formula",
    "find_answers",
    "in_label_order",
    "is_equivalent",
    "is_rounding",
    "pairs_in_label_order",
    "parse_cells",
    "parse_choice",
    "parse_coordinates",
    "parse_counts",
    "parse_grid",
    "parse_integer",
    "parse_integers",
    "parse_letters",
    "parse_nested",
    "parse_numeral",
    "parse_numerals",
    "parse_objects",
    "parse_option",
    "parse_pairs",
    "parse_rational",
    "parse_rationals",
    "parse_string",
    "parse_tokens",
    "plain_expression",
    "plain_fractions",
    "plain_items",
    "plain_letters",
    "plain_lines",
    "plain_list",
    "plain_matrix",
    "unlatex",
    "unlatex_list",
    "without_label",
]
