"""The right answer counts in the forms that models write; prose and hedges never do."""

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from tests.symbench.helpers import SLUGS, WITH_GENERATOR, generated

from codesteer.symbench import Item, Outcome, Task, load_task

GRIDS = (
    "game_2048",
    "pooling",
    "light_puzzles",
    "standard_sudoku",
    "letter_logic_diagram",
    "matrix_transformation",
    "reversi",
)
COUNTS = ("string_splitting", "string_synthesis", "synthesis_decomposition")
PROSE = (
    "I could not solve it.",
    "There is no solution.",
    "The question cannot be answered with the data given.",
    "Let me start with the first row. It has",
    "Note that the answer is not unique.",
)
Rows = list[list[str]]


def cells(item: Item[Any, Any]) -> Rows:
    return [[str(cell) for cell in row] for row in item.answer]


def labelled(rows: Rows, label: str) -> str:
    return "\n".join(label.format(i) + ", ".join(row) for i, row in enumerate(rows, 1))


def latex(rows: Rows, name: str = "bmatrix") -> str:
    escaped = [[f"\\{cell}" if cell in "#$%&" else cell for cell in row] for row in rows]
    return rf"\begin{{{name}}} " + r" \\ ".join(" & ".join(row) for row in escaped) + rf" \end{{{name}}}"


FORMS: dict[str, Callable[[Rows], str]] = {
    "quoted cells": lambda rows: ", ".join(f'"{cell}"' for row in rows for cell in row),
    "single quotes": lambda rows: ", ".join(f"'{cell}'" for row in rows for cell in row),
    "named rows": lambda rows: labelled(rows, "Row {0}: "),
    "bold rows": lambda rows: labelled(rows, "Line {0} - "),
    "numbered rows": lambda rows: labelled(rows, "{0}. "),
    "bullets": lambda rows: labelled(rows, "- "),
    "label": lambda rows: "Result: " + ", ".join(cell for row in rows for cell in row),
    "own label": lambda rows: "Final grid:\n" + "\n".join(", ".join(row) for row in rows),
    "matrix": latex,
    "array": lambda rows: latex(rows, "array").replace("{array} ", "{array}{ccc} ", 1),
    "brackets": lambda rows: r"\[ \left(" + latex(rows, "matrix") + r"\right) \]",
    "slashes": lambda rows: " / ".join(" ".join(row) for row in rows),
    "breaks": lambda rows: "<br>".join(", ".join(row) for row in rows),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("slug", GRIDS)
def test_grids(slug: str, form: str) -> None:
    if (slug, form) == ("pooling", "slashes"):
        return  # there, a slash is that of a fraction
    task = load_task(slug)
    for item in generated(slug, len(task.levels)):
        text = FORMS[form](cells(item))
        assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text
        wrong = FORMS[form](cells(item)[::-1])
        if cells(item) != cells(item)[::-1] and slug != "letter_logic_diagram":
            assert task.score(item, f"<<<{wrong}>>>").outcome is not Outcome.CORRECT, wrong


@pytest.mark.parametrize("slug", SLUGS)
def test_prose_is_no_answer_and_hides_none(slug: str) -> None:
    task = load_task(slug)
    for item in generated(slug, len(task.levels)):
        own = task.format_answer(item.answer)
        for text in PROSE:
            assert task.score(item, text).outcome is Outcome.MISSING, text
            assert task.score(item, text, published=True).outcome is not Outcome.CORRECT
        last = f"Final answer: {own}\n\nNote that the answer is not unique."
        assert task.score(item, last).outcome is Outcome.CORRECT


@pytest.mark.parametrize("slug", SLUGS)
def test_announcements_and_explanations(slug: str) -> None:
    task = load_task(slug)
    for item in generated(slug, len(task.levels)):
        own = task.format_answer(item.answer)
        for text in _explained(own):
            assert task.score(item, text).outcome is Outcome.CORRECT, text


def _explained(own: str) -> Iterator[str]:
    yield f"<<<Answer: {own}>>>"
    yield f"<<<**Answer:** {own}>>>"
    yield f"<<<The answer is {own}>>>"
    yield f"<<<{own} (since the rest follows)>>>"
    yield f"<<<{own}, because every rule holds>>>"
    yield f"<<<{own}\n\nExplanation: every rule holds>>>"
    yield f"Answer: {own}\n\nLet me know if you need anything else!"
    if "\n" not in own:
        yield f"**Answer: {own}**\n\nLet me know if 1 more check helps."
    yield f"### Final Answer\n\n{own}"
    yield f"<<<{own}>>>\n<<<END>>>"
    yield f"<<<{own}>>>\n\n<<<None>>>"


HEDGES = (
    "<<<not {own}>>>",
    "<<<maybe {own}>>>",
    "<<<anything but {own}>>>",
    "<<<The answer is not {own}>>>",
    "<<<{own} is not the answer>>>",
    "<<<{own} or something else>>>",
    "<<<{own} (or {other})>>>",
    "<<<{own}, {other}>>>",
    "<<<{own}\n\n{other}>>>",
    "<<<{own}\n\n(or {other})>>>",
    "<<<{own}; alternatively {other}>>>",
    "<<<{own}>>> <<<{other}>>>",
    "<<<{own}>>> Wait, that is wrong. <<<no answer>>>",
    "<<<{own}>>> That is wrong. <<<END>>>",
    "Answer: {own}\n\nWait, that is wrong.",
    "Answer: {own}\n\nNo, it is {other}.",
    "Answer: {own}\n\nHmm, I think it is {other}",
    "Answer: {own}\n\nAnswer: {other}",
    "Answer: {own}\n\nSecond attempt: {other}",
    "Answer: {own}\n\nUpdate: {other}",
    "Answer: {own}\n\n{other} is better",
    "Answer: {own}\n\nIn another reading we get {other}",
    "Answer: {own}. But {other} also fits.",
    "I don't think the answer is {own}",
    "The answer cannot be {own}",
    "I cannot determine whether the answer is {own}",
    "I can't tell if the answer is {own}",
    "A wrong answer is {own}",
    "The answer is unlikely to be {own}",
    "If the rule were different, the answer would be {own}",
    "The answer is {own}. However, it could also be {other}.",
    "{own}. It may well be {other}, though.",
    "<<<{own}. However, others say {other}.>>>",
)


@pytest.mark.parametrize(
    "slug", [slug for slug in WITH_GENERATOR if "option" not in load_task(slug).answer_format]
)
def test_hedges_and_corrections_do_not_count(slug: str) -> None:
    task = load_task(slug)
    item, *others = (task.generate(seed=5, level=2, index=index) for index in range(12))
    wrong = [answer for one in others if not task.accepts(item, answer := task.format_answer(one.answer))]
    for hedge in HEDGES:
        text = hedge.format(own=task.format_answer(item.answer), other=wrong[-1])
        assert task.score(item, text).outcome is not Outcome.CORRECT, text


@pytest.mark.parametrize("slug", COUNTS)
def test_counts_in_lines(slug: str) -> None:
    task = load_task(slug)
    for item in generated(slug, len(task.levels)):
        for mark in ("- ", "* ", "• "):
            text = "\n".join(f"{mark}{count}" for count in item.answer)
            assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text
        text = "\n".join(f"{i}. {count}" for i, count in enumerate(item.answer, 1))
        assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text
        text = " → ".join(map(str, item.answer))
        assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


def test_values_in_lines() -> None:
    task = load_task("logical_equation")
    for item in generated("logical_equation", len(task.levels)):
        named = [f"{chr(ord('A') + i)} = {value}" for i, value in enumerate(item.answer)]
        values = [str(value) for value in item.answer]
        for text in (
            "\n".join(f"{i}. {line}" for i, line in enumerate(named, 1)),
            "\n".join(f"- {line}" for line in named),
            "\n".join(f"{i}. {value}" for i, value in enumerate(values, 1)),
            ", ".join(values[:-1]) + " and " + values[-1],
            " → ".join(values),
            " -> ".join(values),
        ):
            assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


@pytest.mark.parametrize("label", ["Plan: ", "plan = ", "Answer: ", "The plan is ", "**Plan:** "])
def test_labelled_plans_of_boxnet(label: str) -> None:
    task: Task[Any, Any, Any] = load_task("boxnet")
    for item in generated("boxnet", len(task.levels)):
        assert task.score(item, f"<<<{label}{task.format_answer(item.answer)}>>>").outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    "form",
    [
        "{0} / {1}",
        "({0}/{1})",
        "({0})/({1})",
        "({0} / {1})",
        r"\frac{{{0}}}{{{1}}}",
        "{0}/{1} = {2}",
        "{0}/{1} ({2})",
    ],
)
def test_fractions_in_grids(form: str) -> None:
    task = load_task("pooling")
    for item in generated("pooling", len(task.levels)):
        rows = [[_as_fraction(form, cell) for cell in row] for row in cells(item)]
        for text in (
            "\n".join(", ".join(row) for row in rows),
            ", ".join(cell for row in rows for cell in row),
        ):
            assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


def _as_fraction(form: str, cell: str) -> str:
    value = Fraction(cell)
    if value.denominator == 1:
        return cell
    return form.format(value.numerator, value.denominator, f"{float(value):.4f}")


def test_mixed_numbers_in_grids() -> None:
    task = load_task("pooling")
    for item in generated("pooling", len(task.levels)):
        text = ", ".join(_mixed(Fraction(cell)) for row in cells(item) for cell in row)
        assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


def _mixed(value: Fraction) -> str:
    whole, rest = divmod(abs(value), 1)
    if not whole or not rest:
        return str(value)
    return f"{'-' if value < 0 else ''}{whole} {rest}"


@pytest.mark.parametrize("slug", ["reversi", "matrix_transformation"])
@pytest.mark.parametrize("sign", ["\\{0}", "＆＊！", "&amp;", r"\ast"])
def test_escaped_symbols(slug: str, sign: str) -> None:
    task = load_task(slug)
    for item in generated(slug, len(task.levels)):
        rows = [[_escaped(sign, cell) for cell in row] for row in cells(item)]
        text = ",".join(cell for row in rows for cell in row)
        assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


def _escaped(sign: str, cell: str) -> str:
    if cell.isalnum():
        return cell
    if sign == "＆＊！":
        return chr(ord(cell) + 0xFEE0)
    if sign == "&amp;":
        return cell.replace("&", sign)
    return cell.replace("*", sign) if sign == r"\ast" else sign.format(cell)


@pytest.mark.parametrize("mark", ["${}$", r"\({}\)", r"\[{}\]", "$${}$$"])
@pytest.mark.parametrize("slug", ["reversi", "letter_logic_diagram", "light_puzzles", "game_2048"])
def test_mathematics_around_grids(slug: str, mark: str) -> None:
    task = load_task(slug)
    for item in generated(slug, len(task.levels)):
        text = mark.format(",".join(cell for row in cells(item) for cell in row))
        assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


def test_orders_of_books() -> None:
    task = load_task("permutations_combinations")
    for item in generated("permutations_combinations", len(task.levels)):
        books = list(enumerate(item.answer, 1))
        for text in (
            "\n".join(f"Place {place}: Book {book}" for place, book in books),
            ", ".join(f"Place {place}: Book {book}" for place, book in books),
            "\n".join(f"{place}. Book {book}" for place, book in books),
            ", ".join(f"{book}={place}" for place, book in reversed(books)),
            json.dumps({book: place for place, book in books}),
            ", ".join(f"{book} (place {place})" for place, book in books),
            ", ".join(f"{place}-{book}" for place, book in books),
            "Books: " + ", ".join(item.answer),
            " < ".join(item.answer),
            r" \rightarrow ".join(item.answer),
            "The order is " + ", ".join(item.answer),
            json.dumps(item.answer) + " (left to right)",
            "Book " + ", Book ".join(item.answer),
        ):
            assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


@pytest.mark.parametrize("form", ["1. Count: {0}\n2. Positions: {1}", "- Count: {0}\n- Positions: {1}"])
def test_counts_and_positions_in_lines(form: str) -> None:
    task = load_task("letters")
    for item in generated("letters", len(task.levels)):
        count, positions = item.answer
        text = form.format(count, list(positions))
        assert task.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT, text


def test_an_empty_cell_is_a_wrong_grid() -> None:
    task = load_task("letter_logic_diagram")
    item = task.generate(seed=1, level=1)
    text = task.format_answer(item.answer)
    assert task.score(item, f"<<<_{text[1:]}>>>").outcome is Outcome.WRONG
