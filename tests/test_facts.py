"""The page of measured facts says what the stored results say."""

from docs.facts import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page() + "\n", "run python docs/facts.py"
