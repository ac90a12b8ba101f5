"""A choice is what a text says, not a word that occurs in it."""

import pytest

from codesteer.symbench import Outcome, load_task
from codesteer.symbench.parsing import UnreadableError, parse_choice

WORDS = ("Yes", "No")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Yes", "Yes"),
        ("NO.", "No"),
        ("**yes**", "Yes"),
        ("_Yes_", "Yes"),
        ("__No__", "No"),
        ("_Yes_, you return", "Yes"),
        ("True", "Yes"),
        ("False.", "No"),
        (r"\text{No}", "No"),
        ('"Yes"', "Yes"),
        ("Yes, you return; there is no offset", "Yes"),
        ("Yes\n\nExplanation: no more steps", "Yes"),
        ("No, you do not return", "No"),
        ("No – the last step is missing", "No"),
        ("Yes, because the last speaker is false", "Yes"),
        ("Does Vince tell the truth? Yes", "Yes"),
        ("You return: Yes.", "Yes"),
        ("The offset is 0, so yes", "Yes"),
        ("You end two steps away.\nNo", "No"),
        ("You are not there. **No**", "No"),
    ],
)
def test_what_a_text_says_is_read(text: str, word: str) -> None:
    assert parse_choice(text, WORDS) == word


@pytest.mark.parametrize(
    "text",
    [
        "I have no idea.",
        "There is no way to know.",
        "There are no turns yet, so next I",
        "no solution",
        "no answer",
        "No idea",
        "not Yes",
        "definitely not Yes",
        "I cannot answer yes",
        "Neither yes",
        "I would not say: yes",
        "Yes or no",
        "Yes/No",
        "yes and no",
        "Yes. Wait, no.",
        "No, wait: yes",
        "Yes, but that is wrong",
        "Yes. I am not sure",
        "No, there is not enough information",
        "No, I cannot tell",
        "Yes no",
        "Knows",
        "",
    ],
)
def test_other_words_and_doubts_are_no_choice(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_choice(text, WORDS)


@pytest.mark.parametrize("slug", ["navigation", "web_of_lies"])
@pytest.mark.parametrize("published", [False, True])
def test_a_reply_without_a_choice_scores_nowhere(slug: str, published: bool) -> None:
    task = load_task(slug)
    for seed in range(4):
        item = task.generate(seed=seed, level=1)
        for text in (
            "I have no idea.",
            "First I take 3 steps. There are no turns yet, so next I",
            "<<<not Yes>>>",
        ):
            assert task.score(item, text, published=published).outcome is not Outcome.CORRECT
        assert task.score(item, f"The answer is **{item.answer}**.").outcome is Outcome.CORRECT
