"""Templates can be filled, and their hash is stable."""

import re
from pathlib import Path

import pytest

from codesteer.prompts.loader import prompts_hash, render

FOLDER = Path(__file__).parents[2] / "prompts"
NAMES = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.md"))


@pytest.mark.parametrize("name", NAMES)
def test_every_placeholder_can_be_filled(name: str) -> None:
    placeholders = set(re.findall(r"\$(\w+)", (FOLDER / f"{name}.md").read_text()))
    text = render(name, **{placeholder: f"[{placeholder}]" for placeholder in placeholders})
    assert "$" not in text
    assert all(f"[{placeholder}]" in text for placeholder in placeholders)


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        render("task/first", question="q")


def test_dollars_and_braces_in_a_value_are_kept() -> None:
    assert "$x {y}" in render("task/first", question="$x {y}", guidance="")


def test_the_hash_is_short_and_stable() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", prompts_hash())
    assert prompts_hash() == prompts_hash()
