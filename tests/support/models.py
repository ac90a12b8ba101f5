"""Chat models that follow a script and record their requests."""

from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

Line = str | AIMessage | Exception


class RecordingModel(BaseChatModel):
    """Records its requests; subclasses implement ``next_reply``."""

    asked: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def next_reply(self, messages: list[BaseMessage]) -> str | AIMessage:
        raise NotImplementedError

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        self.asked.append(list(messages))
        return ChatResult(generations=[ChatGeneration(message=reply(self.next_reply(messages)))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        return self._generate(messages)  # in a thread, parallel requests would get replies in any order


class ScriptedModel(RecordingModel):
    """Replies with the lines of a script in order; raises exceptions, the last one repeatedly."""

    script: list[Any]

    def next_reply(self, messages: list[BaseMessage]) -> str | AIMessage:
        if not self.script:  # no assertion: a run survives the errors of its models
            pytest.fail("the script is over: there was an unexpected request")
        line: Line = self.script.pop(0)
        if isinstance(line, Exception):
            self.script += [] if self.script else [line]
            raise line
        return line


def reply(line: str | AIMessage) -> AIMessage:
    """Return a message with usage, one token per word."""
    if isinstance(line, AIMessage):
        return line
    words = len(line.split())
    return AIMessage(
        line,
        usage_metadata={"input_tokens": 10, "output_tokens": words, "total_tokens": 10 + words},
        response_metadata={"finish_reason": "stop"},
    )


def scripted(*lines: Line) -> ScriptedModel:
    return ScriptedModel(script=list(lines))


def truncated(text: str) -> AIMessage:
    return AIMessage(text, response_metadata={"finish_reason": "length"})


def code(program: str) -> str:
    return f"```python\n{program}\n```"


def check(condition: str, reason: str = "") -> str:
    """Return a reply of the checker's model: a check of ``answer`` that computes something, so that it counts."""
    return code(
        f"def is_correct(answer):\n    assert 3 == sum([1, 2])\n    assert {condition}, {reason!r}\n    return True"
    )


def texts(messages: Sequence[BaseMessage]) -> list[str]:
    return [message.text for message in messages]
