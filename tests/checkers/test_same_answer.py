"""Two answers are the same by what they say, however they are written."""

import pytest

from codesteer.checkers.answer_form import same_answer


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("114", "114.0", True),
        ("-3", "3", False),
        ("['A', 'B']", "A,B", True),
        ("[[1, 2], [3, 4]]", "1,2\n3,4", True),
        ("YES", "yes", True),
        ("(5-1)*6", "5-1*6", False),
        ("1e3", "1000", False),
        ("12", "1,2", False),
        ("v1.2.3", "v1.2.30", False),
        ("…", "!", False),
        ("[]", "{}", False),
    ],
)
def test_answers_are_compared_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("[[1, 2], [3]]", "[[1], [2, 3]]", False),
        ("[[1, 2], [3]]", "[[1,2],[3]]", True),
        ("[[1, 2], [3]]", "[1, 2], [3]", True),
        ("[[1, 2], [3]]", "[1, 2, 3]", True),
        ("[[1, 2], [3]]", "1 2 3", True),
        ("[[1, 2], [3]]", "1 2\n3", True),
        ("[[1, 2], [3]]", "1\n2 3", False),
        ("1 2\n3", "1\n2 3", False),
        ("1 2\r\n\n3\n", "1 2\n3", True),
        ("1\n2\n3", "[1, 2, 3]", True),
        ("[[0 1]\n [2 3]]", "[[0, 1], [2, 3]]", True),
        ("[['A', 'B'], ['C']]", "[[A, B], [C]]", True),
        ("[[1.50, 2], [3]]", "[[1.5, 2], [3]]", True),
        ("[[[1], [2]], [[3]]]", "[[[1]], [[2], [3]]]", False),
        ("[[[1], [2]], [[3]]]", "[[1], [2]], [[3]]", True),
        ("[[], [1]]", "[[1], []]", False),
        ("[9, [3, 2]]", "[[9, 3], 2]", False),
        ("[[7]]", "7", True),
        ("]1[2", "[1]2", True),
    ],
)
def test_lists_within_a_list_must_hold_the_same_items(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.96153846", "1.9615384615384615", True),
        ("1.9615384", "1.9615384615384615", True),
        ("[0.33333, 2]", "[0.3333333333, 2]", True),
        ("1.96", "1.9615384615384615", False),
        ("0.1234", "0.1236", False),
        ("766397972992845", "766397972992846", False),
        ("7", "7.000000001", False),
        ("3.50", "3.5", True),
    ],
)
def test_roundings_of_a_number_say_the_same(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(("one", "other"), [("0101", "101"), ("007", "7")])
def test_codes_with_leading_zeros_are_no_numbers(one: str, other: str) -> None:
    assert not same_answer(one, other)
    assert same_answer(one, one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0.0001", "0.0002", False),
        ("0.0000", "0.0001", False),
        ("-0.0001", "0.0000", False),
        ("0.00001", "0.0001", False),
        ("1.0000", "1.0001", False),
        ("0.0012", "0.00123", False),
        ("0.6667", "0.6666666666", True),
        ("0.6666", "0.6666666666", True),
        ("0.6665", "0.6666666666", False),
        ("-1.23457", "-1.2345678", True),
        ("2.5", "2.50004", False),
        ("0.30000000000000004", "0.3", True),
        ("2.9999999999999996", "3", True),
        ("[0.1, 0.7999999999999999]", "[0.1, 0.8]", True),
        ("9007199254740993", "9007199254740992", False),
        ("900719925474099.5", "900719925474100", False),
        ("3.00000000000001", "3", False),
        ("1e400", "inf", False),
    ],
)
def test_small_differences_are_differences_unless_they_come_from_rounding(
    one: str, other: str, same: bool
) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("[{1, 2}, {3}]", "[{1}, {2, 3}]", False),
        ("[{1, 2}, {3}]", "[[1, 2], [3]]", True),
        ("[(1, 2), (3, 4)]", "[[1, 2], [3, 4]]", True),
        ("[(1, 2), (3,)]", "[(1,), (2, 3)]", False),
        ("['ab c', 'd']", "['ab', 'c d']", False),
        ("['ab c', 'd']", '["ab c", "d"]', True),
        ("1,2 3", "1 2,3", False),
        ("1, 2, 3", "1 2 3", True),
        ("1,2\n3,4", "[[1, 2], [3, 4]]", True),
        ("1, 2,\n3", "1, 2, 3", True),
        ("(1, 2)", "[1, 2]", True),
        ("(1, 2)", "1, 2", True),
        ("{1, 2}", r"\{1, 2\}", True),
        ("f(1, 2)", "f[1, 2]", False),
        ("(1+2)*3", "1+2*3", False),
        ("(1, 2", "1, 2", False),
        (r"\sqrt{2}3", r"\sqrt{2 3}", False),
        ("{'a': 1, 'b': 2}", '{"a": 1, "b": 2}', True),
        ("New York, Rome", "New, York Rome", False),
        ("['5 3 4', '6 7 2']", "[[5, 3, 4], [6, 7, 2]]", True),
        ("a b, c d", "a, b, c, d", True),
        ("(0, 0), (1, 6)]", "[(0, 0), (1, 6)]", True),
    ],
)
def test_answers_are_divided_into_the_same_items(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("[1. 2. 3.]", "[1, 2, 3]", True),
        ("np.float64(3.0)", "3", True),
        ("[np.int64(4), np.int64(5)]", "[4, 5]", True),
        ("5.", "5", True),
        ("It is 5.", "it is 5", True),
        ("+5", "5", True),
        ("(+5, -3)", "(5, -3)", True),
        (".5", "0.5", True),
        ("-.25", "-0.25", True),
        ("..5", "0.5", False),
        ("3.e", "3 e", False),
        ("1-2", "1 2", False),
        ("1.5e-05", "0.000015", True),
        ("1e-05", "0.00001", True),
        ("1e+20", "100000000000000000000", True),
        ("2.5e3", "2500", True),
        ("1e3", "1e4", False),
        ("12,345 primes", "12345 primes", True),
        ("[12,345]", "[12345]", False),
        ("12,345 of 67", "12345 of 67", False),
        ("1\u202f000", "1000", True),
        ("1\u00a0000\u00a0000", "1,000,000", True),
        ("e\u0301", "\u00e9", True),
        ("“hi”", '"hi"', True),
        ("«hi»", "hi", True),
        ("\ufeff42\u200b", "42", True),
        (r"5\%", "5%", True),
        ("5%", "5", False),
        ("−3", "-3", True),
        ("007", "7", False),
        ("+05", "5", False),
        ("1.2.3", "1.2.4", False),
        ("192.168.0.1", "192.168.0.10", False),
        ("x²", "x2", False),
    ],
)
def test_the_notation_of_an_answer_does_not_matter(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*,0,1,0,1,1,0,1,0,1,1,0,1,0,0,1", "0,1,0,1,1,0,1,0,1,1,0,1,0,0,1,*"),
        ("$,!,@,#", "*,!,@,#"),
        ("!,@,#,$", "!,@,#,*"),
        ("$!@#", "*!@#"),
        ("$ ! @ *", "* ! @ $"),
        ("*,1", "$,1"),
        ("£,1,2", "$,1,2"),
        ("`,a", "a,`"),
        ("$5, 3", "5, 3$"),
        ("$1, 2$", "$1, $2"),
        ("*a*b", "a*b*"),
        ("* a", "a"),
        ("*011", "011*"),
        ("*01\n011", "01\n011*"),
        ("a.b.", "a.b"),
        (".-.", ".-"),
        ("·*·", "*··"),
    ],
)
def test_signs_at_the_ends_of_a_list_or_board_are_its_items(one: str, other: str) -> None:
    assert not same_answer(one, other)
    assert not same_answer(other, one)
    assert same_answer(one, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("**Yes**", "yes"),
        ("*Yes*", "yes"),
        ("***B***", "B"),
        ("`abc`", "abc"),
        ("**(A)**", "(A)"),
        ("**`5`**", "5"),
        ("**1, 2**", "1,2"),
        ("$[1, 2]$", "1,2"),
        ("$x+1$", "x+1"),
        ("$$7$$", "7"),
        ("$ 5 $", "5"),
        ("$5", "5"),
        ("-$5", "-5"),
        ("5 €", "5"),
        ("€1 000", "1000"),
        ("$1,234.50", "1234.5"),
        ("$12,345 total", "12,345 total"),
        ("$5 per hour", "5 per hour"),
        ("abc.", "abc"),
        ("[A, B].", "A, B"),
    ],
)
def test_markup_currency_and_a_full_stop_around_an_answer_say_nothing(one: str, other: str) -> None:
    assert same_answer(one, other)
    assert same_answer(other, one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3 [A], 2 {A}", "3 {A}, 2 [A]", False),
        ("[A] = 3, {A} = 2", "{A} = 3, [A] = 2", False),
        ("[A]: 1\n{A}: 2", "{A}: 1\n[A]: 2", False),
        ("[A]{B}", "{A}[B]", False),
        ("{'[A]': 3}", "{'{A}': 3}", False),
        ("{'[A]': 3, '{A}': 2}", '{"[A]": 3, "{A}": 2}', True),
        ("2 {A}", "2 [A]", False),
        ("3 [A]", "3 A", False),
        ("2 × {Box}", "2 × [Box]", False),
        ("3 [A], 2 {A}", "3 [A],2 {A}", True),
        ("{A}", "[A]", True),
        ("[A]", "A", True),
        ("[{A}, {B}]", "[[A], [B]]", True),
        ("the answer is [yes]", "the answer is yes", True),
        ("x^{n}", "x^n", True),
        ("{1} {2}", "[1] [2]", True),
    ],
)
def test_brackets_that_tell_labels_apart_are_part_of_the_answer(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A → B", "A -> B", True),
        (r"A \to B", "A->B", True),
        ("2 × 3", "2 * 3", True),
        (r"2 \times 3", "2*3", True),
        ("6 ÷ 3", "6/3", True),
        ("x ≤ 3", "x <= 3", True),
        ("1/2", r"\frac{1}{2}", True),
        ("1/2", r"$\dfrac12$", True),
        ("2 1/3", r"2\frac{1}{3}", True),
        (r"\frac{x+1}{2}", "(x+1)/2", True),
        (r"\left(3,-4\right)", "(3,-4)", True),
        (r"f\left(1, 2\right)", "f(1, 2)", True),
        (r"\frac{1}{2}", r"\frac{2}{1}", False),
        (r"2\frac{1}{3}", "21/3", False),
        (r"\frac{}{2}", "2", False),
        ("A -> B", "B -> A", False),
        ("3 - 5", "3, -5", False),
    ],
)
def test_signs_have_several_spellings(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same
