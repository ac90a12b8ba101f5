"""Truncated replies are recognised in every provider's metadata."""

from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from codesteer.models.completion import read_completion
from codesteer.models.finish_reason import is_cut, is_truncated


class FinishReason(Enum):
    STOP = 1
    MAX_TOKENS = 2


@pytest.mark.parametrize(
    "metadata",
    [
        {"finish_reason": "length"},
        {"finish_reason": "LENGTH"},
        {"finish_reason": "MAX_TOKENS"},
        {"finish_reason": ["stop", "length"]},
        {"finish_reason": FinishReason.MAX_TOKENS},
        {"finish_reason": "FinishReason.MAX_TOKENS"},
        {"finish_reason": "FINISH_REASON_MAX_TOKENS"},
        {"finish_reason": "model_length"},
        {"finish_reason": "lengthlength"},
        {"finish_reason": "max-tokens"},
        {"finishReason": "MAX_TOKENS"},
        {"stop_reason": "max_tokens"},
        {"stop_reason": "model_context_window_exceeded"},
        {"stopReason": "max_tokens"},
        {"stopReason": ["max_tokens"]},
        {"done_reason": "length"},
        {"status": "incomplete"},
        {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
        {"incomplete_details": {"reason": "max_output_tokens"}},
        {"finish_reason": None, "done_reason": "length"},
    ],
)
def test_truncated_replies(metadata: dict[str, Any]) -> None:
    assert is_truncated(metadata)
    assert read_completion(AIMessage("x", response_metadata=metadata), [], 0.0).truncated


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"finish_reason": "stop"},
        {"finish_reason": "STOP"},
        {"finish_reason": FinishReason.STOP},
        {"stop_reason": "end_turn"},
        {"stopReason": "end_turn"},
        {"done_reason": "stop"},
        {"status": "completed"},
        {"finish_reason": "tool_calls"},
        {"finish_reason": ["stop"]},
        {"incomplete_details": None},
        {"length": "length"},
    ],
)
def test_complete_replies(metadata: dict[str, Any]) -> None:
    assert not is_truncated(metadata)
    assert not read_completion(AIMessage("x", response_metadata=metadata), [], 0.0).incomplete


class Blocked(Enum):
    SAFETY = 3


@pytest.mark.parametrize(
    "metadata",
    [
        {"finish_reason": "content_filter"},
        {"finish_reason": "content_filtercontent_filter"},
        {"finish_reason": ["length", "content_filter"]},
        {"finish_reason": "SAFETY"},
        {"finish_reason": Blocked.SAFETY},
        {"finishReason": "FinishReason.PROHIBITED_CONTENT"},
        {"finish_reason": "RECITATION"},
        {"finish_reason": "error"},
        {"finish_reason": "abort"},
        {"stop_reason": "refusal"},
        {"stopReason": "guardrail_intervened"},
        {"stopReason": "content-filtered"},
        {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
        {"status": "failed"},
    ],
)
def test_cut_replies_are_neither_complete_nor_to_be_continued(metadata: dict[str, Any]) -> None:
    completion = read_completion(AIMessage("x", response_metadata=metadata), [], 0.0)
    assert (completion.cut, completion.truncated, completion.incomplete) == (True, False, True)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["finish_reason", "status", "incomplete_details", "stopReason"]), VALUES)
)
def test_any_metadata_is_accepted(metadata: dict[str, Any]) -> None:
    assert not (is_truncated(metadata) and is_cut(metadata))
