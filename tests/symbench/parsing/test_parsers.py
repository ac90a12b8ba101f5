"""Numbers, strings, grids, choices and expressions in the forms that models write."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.symbench.parsing import (
    EXACT,
    PYTHON,
    UnreadableError,
    evaluate,
    parse_cells,
    parse_choice,
    parse_grid,
    parse_integer,
    parse_integers,
    parse_letters,
    parse_option,
    parse_pairs,
    parse_rational,
    parse_rationals,
    parse_string,
    parse_tokens,
    unlatex,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", 42),
        ("−42", -42),
        ("- 42", -42),
        ("+7", 7),
        ("1,234,567", 1234567),
        ("1{,}234", 1234),
        (r"1\,234", 1234),
        ("1_000", 1000),
        ("1 000", 1000),
        ("1'000", 1000),
        ("1\u202f234\u202f567", 1234567),
        ("$1,000$", 1000),
        ("[42]", 42),
        ('"42"', 42),
        ("x = 42", 42),
        ("6*7 = 42.", 42),
        ("42 points", 42),
        ("42.0", 42),
        (r"\boxed{42}", 42),
        (r"\text{42}", 42),
        (r"\frac{84}{2}", 42),
        ("4.2e1", 42),
        ("٤٢", 42),
        ("۴۲", 42),
        ("４２", 42),
        ("４２．０", 42),
        ("𝟒𝟐", 42),
        ("－４２", -42),
        ("१,०००", 1000),
    ],
)
def test_integers(text: str, value: int) -> None:
    assert parse_integer(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        "4 2",
        "42 or 43",
        "4.5",
        "1/0",
        "9**9**9",
        "1e999999",
        "4x2",
        "²",
        "٤²",
        "6(4)",
        "(6)(4)",
        "-1(9136)",
        "2(3)4",
        "2(6)/3",
        "2(6/3)",
        "(1/2)4",
        "2 (1/2)",
        "64x",
        "2 1/2",
    ],
)
def test_not_integers(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_integer(text)


@pytest.mark.parametrize(
    "text",
    [
        "64km",
        "64 km",
        "64 km/h",
        "64€",
        "€64",
        "64cents",
        "64 m^2",
        "64 m2",
        "64m²",
        "64 cm³",
        "64 m^{2}",
        "USD 64",
        "64 (exact)",
        '{"answer": 64}',
        "{'result': 64}",
        r"64\text{ m}^2",
        r"64\ \text{m}^2",
        "64%",
    ],
)
def test_units_and_wrappers_are_no_numbers(text: str) -> None:
    assert parse_integer(text) == 64


@given(st.integers())
def test_every_integer_round_trips(number: int) -> None:
    assert parse_integer(str(number)) == number
    assert parse_integer(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/3", Fraction(1, 3)),
        ("0.125", Fraction(1, 8)),
        (".5", Fraction(1, 2)),
        (r"-\frac{1}{3}", Fraction(-1, 3)),
        (r"\dfrac12", Fraction(1, 2)),
        ("(-1) / 3", Fraction(-1, 3)),
        ("1/3 = 0.25", Fraction(1, 4)),
        ("(1/3)", Fraction(1, 3)),
        ("(-1)/(3)", Fraction(-1, 3)),
        ("-(1/3)", Fraction(-1, 3)),
        ("2 1/3", Fraction(7, 3)),
        ("-2 1/3", Fraction(-7, 3)),
        (r"2\frac{1}{3}", Fraction(7, 3)),
        (r"2\frac13", Fraction(7, 3)),
        ("1/3 (exact)", Fraction(1, 3)),
    ],
)
def test_rationals(text: str, value: Fraction) -> None:
    assert parse_rational(text) == value


@pytest.mark.parametrize(
    "text",
    ["1,2,3", "1 2 3", "[1, 2, 3]", "(1; 2; 3)", "1\n2\n3", "A = [1, 2, 3]", "1,2,3.", "['1', '2', '3']"],
)
def test_lists_of_integers(text: str) -> None:
    assert parse_integers(text) == (1, 2, 3)


@pytest.mark.parametrize("text", ["", "[]", "1, two", "1, 2.5", "1-2", "1*2"])
def test_not_lists_of_integers(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_integers(text)


def test_lists_of_rationals() -> None:
    assert parse_rationals(r"[1/2, 0.25, -3, \frac{1}{4}]") == tuple(
        map(Fraction, ("1/2", "1/4", "-3", "1/4"))
    )


def test_pairs() -> None:
    assert parse_pairs("[(0, 1), (2, 3)]") == parse_pairs("0 1, 2 3") == ((0, 1), (2, 3))


@pytest.mark.parametrize(
    "text", ["110\n001", "1 1 0\n0 0 1", "1,1,0,0,0,1", "[[1,1,0],[0,0,1]]", "110001", "[1,1,0,0,0,1]"]
)
def test_grids(text: str) -> None:
    assert parse_grid(text, 3, alphabet="01") == ((1, 1, 0), (0, 0, 1))


def _written(rows: list[list[str]]) -> list[str]:
    """A grid in the forms that programs print."""
    flat = [cell for row in rows for cell in row]
    spaced, commas = [" ".join(row) for row in rows], [", ".join(row) for row in rows]
    return [
        str(rows),
        json.dumps(rows),
        json.dumps(rows, indent=1),
        json.dumps(rows, indent=4),
        json.dumps({"grid": rows}, indent=2),
        str(tuple(map(tuple, rows))),
        str(spaced),
        json.dumps(spaced),
        json.dumps(spaced, indent=2),
        str(commas),
        repr("\n".join(spaced)),
        json.dumps("\n".join(commas)),
        "\n".join(f"| {' | '.join(row)} |" for row in rows),
        "\n".join(commas),
        "\n".join(map(repr, spaced)),
        f"array({rows})",
        "; ".join(spaced),
        f"[{', '.join(map(repr, flat))}]",
        json.dumps(flat, indent=1),
    ]


@pytest.mark.parametrize(
    "rows", [[["A", "B"], ["C", "*"], ["*", "*"]], [["*", "0"], ["1", "*"]], [["#"] * 3] * 2]
)
def test_printed_grids_of_characters(rows: list[list[str]]) -> None:
    grid = tuple(map(tuple, rows))
    for text in _written(rows):
        assert parse_cells(text, len(rows[0]), alphabet="ABC01*#") == grid, text
    assert parse_cells(str(["".join(row) for row in rows]), len(rows[0]), alphabet="ABC01*#") == grid


@pytest.mark.parametrize("rows", [[["18", "-19"], ["7", "0"]], [["1", "2", "3"], ["10", "20", "30"]]])
def test_printed_grids_of_numbers(rows: list[list[str]]) -> None:
    for text in _written(rows):
        assert parse_grid(text, len(rows[0])) == tuple(tuple(map(int, row)) for row in rows), text


@pytest.mark.parametrize("text", ["['1 2 3', '4']", '["1, 2, 3", "4"]', "[[1, 2, 3], [4]]", "'1 2 3'\n'4'"])
def test_a_list_of_rows_keeps_their_lengths(text: str) -> None:
    assert parse_grid(text, 2) == ((1, 2, 3), (4,))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[np.int64(4), np.int64(3)]", "4 3"),
        ("(np.float64(1.5), np.float64(-2.0))", "3/2 -2"),
        ("array([4., 3.])", "4 3"),
        ("array([4, 3], dtype=int64)", "4 3"),
        ("[Fraction(39, 2), Fraction(-1, 3), Fraction('1/4')]", "39/2 -1/3 1/4"),
        ("[Decimal('1.5'), Decimal('2')]", "3/2 2"),
        ("deque([1, 2])", "1 2"),
        ("Matrix([[1, 2], [3, 4]])", "1 2 3 4"),
        ("[numpy.float32(0.5)]", "1/2"),
        ("np.array([np.int64(1), np.int64(2)])", "1 2"),
    ],
)
def test_types_that_python_prints(text: str, numbers: str) -> None:
    assert parse_rationals(text) == tuple(map(Fraction, numbers.split()))


def test_single_values_with_their_type() -> None:
    assert parse_rational("Fraction(39, 2)") == Fraction(39, 2)
    assert parse_rational("Decimal('1.5')") == Fraction(3, 2)
    assert parse_integer("np.int64(7)") == 7
    assert parse_letters("[np.str_('A'), np.str_('B')]", "AB") == ("A", "B")
    with pytest.raises(UnreadableError):
        parse_integer("f(7, 8)")


def test_a_short_row_stays_short() -> None:
    assert parse_grid("[[10, 2], [3]]", 2) == ((10, 2), (3,))
    assert parse_cells("A B C\nD E", 3) == (("A", "B", "C"), ("D", "E"))


@pytest.mark.parametrize("text", ["A,B,C", '["A", "B", "C"]', "ABC", "a b c", "A\nB\nC", "Order: A, B, C"])
def test_letters(text: str) -> None:
    assert parse_letters(text, "ABC") == ("A", "B", "C")


def test_tokens_and_strings() -> None:
    assert parse_tokens('["9", "-", "(", "4"]') == ("9", "-", "4")
    assert parse_string('"abca".', "abc") == "abca"
    with pytest.raises(UnreadableError):
        parse_string("abcd", "abc")


@pytest.mark.parametrize(
    "text", ["(B)", "B", "b", "B)", "Option (B)", "The answer is B.", "12/23/2014", r"\text{(B)}"]
)
def test_options(text: str) -> None:
    assert parse_option(text, ["12/22/2014", "12/23/2014"]) == "B"


def test_choices() -> None:
    assert parse_choice("**yes**", ["Yes", "No"]) == "Yes"
    with pytest.raises(UnreadableError):
        parse_choice("Yes or no", ["Yes", "No"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("1+2*3", 7), ("(1+2)*3", 9), ("8/3/2", Fraction(4, 3)), ("10-4-3", 3), ("1/3*3", 1), ("((((5))))", 5)],
)
def test_exact_arithmetic(text: str, value: Fraction) -> None:
    assert evaluate(text, EXACT).value == value


@pytest.mark.parametrize(
    "text", ["", "1+", "+1", "1 2", "(1", "1)", "()", "2**3", "7//2", "1/0", "1/(2-2)", "a", "1.5"]
)
def test_not_arithmetic(text: str) -> None:
    with pytest.raises(UnreadableError):
        evaluate(text, EXACT)


@given(
    st.recursive(
        st.integers(0, 9).map(str),
        lambda part: (
            st.tuples(part, st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "^"]), part).map(
                lambda t: f"({t[0]}{t[1]}{t[2]})"
            )
            | part.map(lambda p: f"-{p}")
        ),
        max_leaves=6,
    )
)
def test_python_arithmetic_matches_python(text: str) -> None:
    try:
        ours = evaluate(text, PYTHON).value
    except UnreadableError:
        return
    assert ours == eval(text)


def test_latex_is_removed() -> None:
    assert unlatex(r"$\left(\frac{1}{2}\right) \cdot \text{4} \div 3$") == "(((1)/(2)) ) * 4 / 3"
