"""Made-up answers are told from computed ones, and computed ones are never taken for made up."""

import pytest
from snippets import COMPUTED, LITERAL, MIXED, NONE

from codesteer.checkers.code_analysis import analyze_code


@pytest.mark.parametrize("program", COMPUTED.values(), ids=COMPUTED.keys())
def test_computed(program: str) -> None:
    assert analyze_code(program).answer_origin == "computed"
