"""A chat model that plays back a script; keeps what it was asked."""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

Line = str | AIMessage | Exception


class AskedModel(BaseChatModel):
    """Keeps what it is asked; a subclass says what it replies."""

    asked: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def says(self, messages: list[BaseMessage]) -> str | AIMessage:
        raise NotImplementedError

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        self.asked.append(list(messages))
        return ChatResult(generations=[ChatGeneration(message=reply(self.says(messages)))])


class ScriptedModel(AskedModel):
    """Replies with the lines of a script in order; an exception is raised, as the last line from then on."""

    script: list[Any]

    def says(self, messages: list[BaseMessage]) -> str | AIMessage:
        assert self.script, "the script is over: one more question came than expected"
        line: Line = self.script.pop(0)
        if isinstance(line, Exception):
            self.script += [] if self.script else [line]
            raise line
        return line


def reply(line: str | AIMessage) -> AIMessage:
    """A message that reports one token a word, as endpoints do."""
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


def texts(messages: Sequence[BaseMessage]) -> list[str]:
    return [message.text for message in messages]
