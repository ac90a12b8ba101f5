"""The parts of a person's message stay apart."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from codesteer.models.message_text import joined_text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Add 7 and 5", "Add 7 and 5"),
        (
            [{"type": "text", "text": "Add 12, 30 and 7"}, {"type": "text", "text": "5 is left out."}],
            "Add 12, 30 and 7\n5 is left out.",
        ),
        (["Add 7", "5 is left out."], "Add 7\n5 is left out."),
        ([{"type": "text", "text": "Sum"}, {"type": "file", "base64": "eA=="}, "now"], "Sum\nnow"),
        ([{"type": "text", "text": None}, {"type": "text"}, {"type": "image", "url": "x"}], ""),
        ([], ""),
    ],
)
def test_parts_are_on_lines_of_their_own(content: Any, text: str) -> None:
    message = HumanMessage("")
    message.__dict__["content"] = content
    assert joined_text(message) == text
