"""An answer is read without the words around it, unless these change it."""

import pytest

from codesteer.symbench.parsing import find_answers


@pytest.mark.parametrize(
    ("marked", "answer"),
    [
        ("Answer: 5", "5"),
        ("answer = 5", "5"),
        ("Answer:5", "5"),
        ("**Answer:** 5", "5"),
        ("**Answer: 5**", "5"),
        ("**Answer**: 5", "5"),
        ("Final Answer: 5", "5"),
        ("Final answer — 14", "14"),
        ("Answer - 14", "14"),
        ("Answer: -14", "-14"),
        ("The answer is 5", "5"),
        ("So the final answer is: 5", "5"),
        ("Result: 1, 2", "1, 2"),
        ("Answer: *,0,1,*", "*,0,1,*"),
        ("Answer:**01\n10**", "**01\n10**"),
        ("**Answer:** **01\n10**", "**01\n10**"),
        ('{"answer": "B"}', "B"),
        ('{"answer": 5}', "5"),
        ('{"final_answer": [1, 2]}', "[1, 2]"),
        ("{'answer': 'B'}", "B"),
        ("{'answer': ['a', 'b']}", "['a', 'b']"),
        (r'{"answer": "\\frac{1}{2}"}', r"\frac{1}{2}"),
    ],
)
def test_announcements_in_marks_are_removed(marked: str, answer: str) -> None:
    assert find_answers(f"<<<{marked}>>>")[0].text == answer


@pytest.mark.parametrize(
    "marked",
    [
        "The answer is not 5",
        "answers: 5",
        '{"answer": 5, "answer": 6}',
        '{"A": 5}',
        "Answer == 5",
        '{"answer": ' + "[" * 9000 + "}",
    ],
)
def test_other_text_stays(marked: str) -> None:
    assert find_answers(f"<<<{marked}>>>")[0].text == marked


@pytest.mark.parametrize(
    "after",
    [
        " (since the rest is zero)",
        ", because 2 + 4 = 6",
        " because every other order breaks a clue",
        " – due to the last rule",
        "\n\nExplanation: 2 + 4 = 6",
        "\n\nThis order satisfies all clues.",
        "\nEach row is reversed.",
        "\n\nLet me know if you need anything else!",
        "\n\nLet me know if 1 more check helps.",
        " (left to right)",
        ". This order satisfies all clues.",
        ". I checked it.",
    ],
)
def test_what_only_explains_can_be_removed(after: str) -> None:
    for reply in (f"<<<X{after}>>>", f"Answer: X{after}", f"**Answer: X**{after}"):
        assert "X" in [found.text for found in find_answers(reply)], reply


@pytest.mark.parametrize(
    "after",
    [
        " (or Y)",
        " (not sure)",
        " (if the board is empty)",
        " (twice)",
        " (2)",
        "\n\nWait, it is Y.",
        "\n\nY",
        "\n\nor Y",
        "\n\nAnother: Y",
        "\n\nPlan B: Y",
        "\n\nAnswer: Y",
        "\n\nAlternatively, Y.",
        "\n\nSo Y.",
        "\n\nTherefore it is Y.",
        "\n\nActually Y.",
        "\n\nThat is wrong. Y.",
        "\n\nI think Y",
        "\nThen Y",
        ". Actually, Y",
        ". Maybe Y",
        ", because I am not sure",
        " since Y is first. Wait, no",
    ],
)
def test_what_may_change_the_answer_stays(after: str) -> None:
    assert "X" not in [found.text for found in find_answers(f"<<<X{after}>>>")]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("### Final Answer\n\nX", "X"),
        ("## Answer\nX", "X"),
        ("**Final Answer**\n\nX", "X"),
        ("Answer: Y\n\n### Final Answer\n\nX\n\nLet me know!", "X\n\nLet me know!"),
        ("Answer: Y\n\nI check it. The answer is X", "X"),
    ],
)
def test_headings_announce_and_the_last_announcement_comes_first(reply: str, answer: str) -> None:
    assert find_answers(reply)[0].text.strip() == answer


@pytest.mark.parametrize(
    ("reply", "texts"),
    [
        ("<<<5>>>\n<<<END>>>", ["5", "END"]),
        ("<<<5>>>\n\n<<<None>>>", ["5", "None"]),
        ("<<<5>>> as asked, see <<<rules>>>", ["5", "rules"]),
        ("<<<5>>> <<<done>>> <<<END>>>", ["5", "END"]),
        ("<<<5>>> <<<6>>>", ["6"]),
        ("<<<5>>> <<<6 or 7>>>", ["6 or 7"]),
        ("<<<5>>> <<<unknown>>>", ["unknown"]),
        ("<<<5>>> <<<no solution>>>", ["no solution"]),
        ("<<<the owl>>> <<<goat>>>", ["goat"]),
        ("<<<5>>> That is wrong. <<<END>>>", ["END"]),
        ("<<<END>>>", ["END"]),
    ],
)
def test_a_word_that_ends_a_reply_does_not_hide_its_answer(reply: str, texts: list[str]) -> None:
    assert [found.text for found in find_answers(reply)] == texts


@pytest.mark.parametrize(
    ("marked", "reading"),
    [
        ("The order is D, C", "D, C"),
        ("The final board is: 0, 1", "0, 1"),
        ("Here is the answer: X", "X"),
    ],
)
def test_words_that_lead_to_the_answer_can_be_removed(marked: str, reading: str) -> None:
    assert reading in [found.text for found in find_answers(f"<<<{marked}>>>")]


@pytest.mark.parametrize("marked", ["The order is not D, C", "It is never 5", "My answer is wrong: it is 5"])
def test_denials_stay(marked: str) -> None:
    assert [found.text for found in find_answers(f"<<<{marked}>>>")] == [marked]
