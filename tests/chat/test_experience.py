"""``ChatCodeSteer`` uses the experience of a store, and tells in its reasoning and metadata what it recalled."""

from typing import Any

import pytest
from langgraph.store.memory import InMemoryStore
from tests.support.experience import (
    ANSWER,
    NAMESPACE,
    PAIRS,
    QUESTION,
    SANDBOX,
    DownStore,
    own_program,
    teach,
)
from tests.support.models import code, scripted

from codesteer import ChatCodeSteer, ConfigurationError


def chat(store: Any, *script: str) -> ChatCodeSteer:
    return ChatCodeSteer(
        task_model=scripted(*script), sandbox=SANDBOX, store=store, experience=NAMESPACE, check_answer=False
    )


async def test_a_remembered_program_answers() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    reply = await chat(store).ainvoke(QUESTION)
    assert reply.text == ANSWER
    assert (
        "verified on 3 questions, reliability 0.80, trusted" in reply.additional_kwargs["reasoning_content"]
    )
    assert reply.response_metadata["experience"]["skill"]["reliability"] == 0.8
    assert len(reply.response_metadata["experience"]["learnt"]) == 1


def test_a_store_that_is_down_is_noted() -> None:
    programs = [own_program(7, 70), "print(f'<<<{sum(n for n in range(7, 71))}>>>')"]
    reply = chat(DownStore(), *map(code, programs)).invoke(QUESTION)
    assert reply.text == ANSWER
    assert "the run goes on without experience" in reply.additional_kwargs["reasoning_content"]
    assert "nothing was learnt" in reply.additional_kwargs["reasoning_content"]
    assert "connection refused" in reply.response_metadata["experience"]["note"]


def test_without_a_store_the_error_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="store"):
        chat(None).invoke(QUESTION)
