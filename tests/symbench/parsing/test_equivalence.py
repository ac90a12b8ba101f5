"""Equivalent and different answers in LaTeX and plain text."""

from fractions import Fraction
from math import comb, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.symbench.parsing import UnreadableError, evaluate_formula, is_equivalent


@pytest.mark.parametrize(
    ("answer", "stored"),
    [
        ("40π", r"40\pi"),
        ("40*pi", r"40\pi"),
        ("125.66", r"40\pi"),
        (r"$40\pi$ square units", r"40\pi"),
        ("7/16", r"\frac{7}{16}"),
        ("0.4375", r"\frac{7}{16}"),
        (r"\dfrac 7{16}", r"\frac{7}{16}"),
        ("1/3", r"\frac13"),
        ("33800", r"33,\!800"),
        ("33,800", "33,800"),
        ("20", r"20^\circ"),
        ("20 degrees", r"20^{\circ}"),
        ("20°", r"20^\circ"),
        ("50%", r"50\%"),
        ("50", r"50\%"),
        ("$6.50", r"\$6.50"),
        ("x = 12", "12"),
        ("12 cm^2", r"12\text{ cm}^2"),
        ("12 square inches", "12"),
        ("3*sqrt(2)", r"3\sqrt{2}"),
        ("3√2", r"3\sqrt 2"),
        ("4.243", r"3\sqrt{2}"),
        (r"\sqrt{18}", r"3\sqrt{2}"),
        (r"\frac{2\sqrt{3}}{3}", r"\frac{2}{\sqrt3}"),
        ("7/3", r"2\frac{1}{3}"),
        ("(3, -4)", r"\left(3,-4\right)"),
        ("(1.5, 2)", r"(\frac{3}{2}, 2)"),
        ("{2, 1}", r"\{1,2\}"),
        ("2, 1", "1,2"),
        ("[0,1)", "[0,1)"),
        ("B", r"\text{(B)}"),
        ("East", r"\text{east}"),
        ("10!/8!", "90"),
        ("C", "(C)"),
        (r"\binom{5}{2}", "10"),
        ("2^10", "1024"),
        ("2^{-1}", "0.5"),
        ("y=2x+3", "y = 2x + 3"),
        ("-(1/2)", r"-\frac{1}{2}"),
        ("n = 3 + 4 = 7", "7"),
        (r"\binom{70}{35}", str(comb(70, 35))),
        (str(comb(70, 35)), r"\binom{70}{35}"),
        (r"\dbinom{5}{2}", "10"),
        ("x = 3 or x = 4", "3, 4"),
        (r"3 \text{ and } 4", "3,4"),
        ("1e2", "100"),
        ("1.5e+3", "1500"),
        (r"\tbinom52", "10"),
        (r"{5 \choose 2}", "10"),
        ("5 choose 2", "10"),
        (r"\frac{{5 \choose 2}}{3}", r"\frac{10}{3}"),
        ("2**10", "1024"),
        ("200!/198!", "39800"),
        (r"\frac{200!}{198!}", "39800"),
        ("6 cm²", "6"),
        ("6cm²", "6"),
        ("6 m³", r"6\text{ m}^3"),
        (r"6\text{ cm}²", "6"),
        ("36π cm²", r"36\pi"),
        ("5²", "25"),
        ("1 1/2", r"\frac{3}{2}"),
        ("-1 1/2", r"-\frac{3}{2}"),
        ("3 1/2", "3.5"),
        (r"1\frac{1}{2}", r"\frac32"),
        (".5", "0.5"),
        (".5", r"\frac12"),
        ("-.5", "-0.5"),
        ("0.42", ".42"),
        ("(.5, 3)", "(0.5, 3)"),
        ("33 800", r"33,\!800"),
        (r"33\ 800", "33800"),
        ("1 234 567", "1234567"),
        ("2 x + 1", "2x+1"),
        ("3,4", "(3,4)"),
        ("[3,4]", "(3,4)"),
        ("[1, 2]", r"\{1,2\}"),
        ("1/2", r"50\%"),
        ("0.5", r"50\%"),
        ("50 percent", r"50\%"),
        ("50%", "50"),
        ("50%", "0.5"),
        ("11.11%", r"\frac19"),
        ("10%, 20%", r"10\%, 20\%"),
        (r"\frac{10!}{5!5!}", "252"),
        ("6!/(3!3!)", "20"),
        ("4!3!", "144"),
        ("½", r"\frac12"),
        ("7½", r"7\frac12"),
        ("2½ hours", "2.5"),
        ("1.5 x 10^3", "1500"),
        (r"0.\overline{3}", r"\frac13"),
        (r"0.1\overline{6}", r"\frac16"),
        ("C(5,2)", "10"),
        ("5C2", "10"),
        ("±5", r"\pm 5"),
        ("5, -5", r"\pm 5"),
        ("(x,y)=(1,2)", "(1,2)"),
        (r"\frac\pi3", r"\frac{\pi}{3}"),
        ("10 marbles", "10"),
        ("6 possible outcomes", "6"),
        ("5 km/h", "5"),
        ("5 miles per hour", "5"),
        ("5 deg", "5"),
        ("Answer: 1/6", r"\frac16"),
        ("Probability: 1/6", r"\frac16"),
        ("The answer is 12", "12"),
        ("option B", "B"),
        (r"1/9 \approx 0.111", r"\frac19"),
        ("1/9 (approximately 0.1111)", r"\frac19"),
        ("1/9, approximately 0.11", r"\frac19"),
        ("1/6 (about 0.167)", r"\frac16"),
        ("7/16 = 0.44", r"\frac7{16}"),
        ("x ≈ 0.3333", r"\frac13"),
        ("3π ≈ 9.42", r"3\pi"),
        ("0.3333 ≈ 1/3", r"\frac13"),
    ],
)
def test_equivalent_answers(answer: str, stored: str) -> None:
    assert is_equivalent(answer, stored)
    assert is_equivalent(answer, stored, tolerant=True)


@pytest.mark.parametrize(
    ("answer", "stored"),
    [
        ("33801", "33800"),
        ("0.43", r"\frac{7}{16}"),
        ("40", r"40\pi"),
        ("-12", "12"),
        ("(4, 3)", "(3, 4)"),
        ("3, 4, 5", "(3, 4)"),
        ("3", "(3, 4)"),
        ("(3, 4)", "3"),
        ("(0,1)", "[0,1)"),
        ("1, 1", "1, 2"),
        ("0.5%", r"50\%"),
        ("500%", "50"),
        ("0.005", r"50\%"),
        ("50", "0.5"),
        ("13/30", r"\frac{7}{16}"),
        ("west", r"\text{east}"),
        ("2x+4", "2x+3"),
        (r"\frac{1}{12}", r"\frac12"),
        (r"\binom{70}{35}", str(comb(70, 35) + 1)),
        ("2**10", "20"),
        ("5 choose 2", "11"),
        ("6 cm²", "36"),
        ("1 1/2", "1/2"),
        ("3 or 4", "3"),
        ("3 or 5", "3, 4"),
        ("1e2", "101"),
        ("2 1/2", "1"),
        ("201!/199!", "39800"),
        (".5", "5"),
        ("-.5", "-5"),
        (".25", "25"),
        ("42", ".42"),
        ("(.5, 3)", "(5, 3)"),
        ("[3,4)", "(3,4)"),
        ("(3,4]", "[3,4]"),
        ("{3,4}", "(3,4)"),
        ("{3,4}", "[3,4]"),
        ("13=12", "12"),
        ("3 = 5", "5"),
        ("5=20776", "20776"),
        ("5 ≈ 20776", "20776"),
    ],
)
def test_different_answers(answer: str, stored: str) -> None:
    assert not is_equivalent(answer, stored)


@pytest.mark.parametrize(
    ("answer", "stored"),
    [
        ("1 2", "12"),
        ("2 3", "23"),
        ("1/2 3", "1/23"),
        ("2 .5", "2.5"),
        ("1 2 345", "12345"),
        ("10!/5!5!", "252"),
        ("10!/5!5!", "3628800"),
        ("10 tenths", "10"),
        ("3 dozens", "3"),
        ("5 thousand", "5"),
        ("5 less", "5"),
        ("3 millions", "3"),
        ("The answer is not 5", "5"),
    ],
)
def test_what_may_mean_another_number_is_not_read(answer: str, stored: str) -> None:
    with pytest.raises(UnreadableError):
        is_equivalent(answer, stored)


def test_spaces_between_digits_are_kept() -> None:
    assert not is_equivalent("3 1/2", "31/2")
    assert not is_equivalent("3 100/200", "3100/200")


def test_the_official_tolerance_accepts_close_numbers() -> None:
    assert is_equivalent("33801", "33800", tolerant=True)
    assert not is_equivalent("34000", "33800", tolerant=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the area",
        "1 2",
        "1 3/2",
        "1 2/2",
        "1 2 1/2",
        "5 choose",
        "5 choose 2.5",
        "401 choose 2",
        "200!",
        "(1",
        "1)",
        "2 ** ",
        "1/0",
        r"\frac{1}",
        r"\sqrt{-1}",
        "200!!",
        "(-8)^0.5",
        r"\foo{1}",
        "1..2",
    ],
)
def test_not_a_formula(text: str) -> None:
    with pytest.raises(UnreadableError):
        evaluate_formula(text)


@pytest.mark.parametrize(
    "text",
    ["(" * 200 + "1" + ")" * 200, "9^9^9^9", "9" * 61, "1+" * 400 + "1", "400!!", "-" * 500 + "1", "{" * 299],
)
def test_limits(text: str) -> None:
    with pytest.raises(UnreadableError):
        evaluate_formula(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\frac{\sqrt{3}}{2}\pi", sqrt(3) / 2 * pi),
        (r"\sqrt[3]{27}", 3.0),
        ("2pi/3", 2 * pi / 3),
        ("1/2pi", pi / 2),
    ],
)
def test_values(text: str, value: float) -> None:
    assert evaluate_formula(text).approx == pytest.approx(value, rel=1e-12)


@given(st.fractions(max_denominator=10**6), st.booleans())
def test_every_fraction_is_exact(value: Fraction, latex: bool) -> None:
    sign = "-" * (value < 0)
    above, below = abs(value.numerator), value.denominator
    text = rf"{sign}\frac{{{above}}}{{{below}}}" if latex else f"{sign}{above}/{below}"
    assert evaluate_formula(text).exact == value
    assert is_equivalent(text, str(value))
    assert not is_equivalent(text, str(value + 1))


@given(st.text(alphabet=r"0123456789.+-*/^(){}[]\fracsqtpi,!%$ ", max_size=60))
def test_any_text_is_compared(text: str) -> None:
    try:
        is_equivalent(text, r"\frac{1}{2}")
    except UnreadableError:
        return
