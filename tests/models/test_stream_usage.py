"""Endpoints that report the tokens so far in every chunk of a stream are counted once."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI

from codesteer.models.reported_usage import usage_of
from codesteer.models.resolve import resolve_model

SENT = [HumanMessage("How many primes lie between one and one hundred?")]


def part(text: str, usage: tuple[int, int] | None = None) -> ChatGenerationChunk:
    reported: UsageMetadata | None = None
    if usage is not None:
        reported = {"input_tokens": usage[0], "output_tokens": usage[1], "total_tokens": sum(usage)}
        reported["input_token_details"] = {"cache_read": usage[0] // 2}
    return ChatGenerationChunk(message=AIMessageChunk(content=text, usage_metadata=reported))


@pytest.mark.parametrize(
    ("reports", "tokens"),
    [
        ([None, None, (20, 4)], (20, 4)),
        ([(20, 1), (20, 2), (20, 3), (20, 4)], (20, 4)),
        ([(20, 1), None, (20, 4), (20, 4)], (20, 4)),
        ([(20, 0), (0, 4)], (20, 4)),
        ([(10, 5), (10, 3), (10, 4)], (10, 5)),
        ([(20, 4), None], (20, 4)),
    ],
)
@pytest.mark.parametrize("streamed", ["_stream", "_astream"])
async def test_usage_in_every_chunk_of_a_stream_is_not_added_up(
    reports: list[tuple[int, int] | None],
    tokens: tuple[int, int],
    streamed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stream(*_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        yield from [part("word", report) for report in reports]

    async def astream(*_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in stream():
            yield chunk

    monkeypatch.setattr(ChatOpenAI, "_stream", stream)
    monkeypatch.setattr(ChatOpenAI, "_astream", astream)
    model: Any = resolve_model("http://127.0.0.1:9/v1#m").model_copy(update={"streaming": True})
    message = model.invoke(SENT) if streamed == "_stream" else await model.ainvoke(SENT)
    usage = usage_of(message, SENT, 1.0)
    assert message.text == "word" * len(reports)
    assert (usage.input_tokens, usage.output_tokens, usage.estimated_calls) == (*tokens, 0)
    assert usage.cached_tokens == tokens[0] // 2
