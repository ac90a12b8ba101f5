"""The chat model that asks through Inspect, within the request limit of the current problem."""

from collections.abc import Awaitable
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI

from codesteer.evals.engine.request_limit import current_limit


class NarrowingChatModel(ChatOpenAI):
    """A chat model whose requests keep to the limit of the problem that they belong to."""

    embedded: bool = False
    """Whether the embedded model answers; see ``NodeRuntime.example``."""

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        def request() -> Awaitable[ChatResult]:
            return super(NarrowingChatModel, self)._agenerate(messages, stop, run_manager, **options)

        limit = current_limit.get()
        return await (request() if limit is None else limit.send(request))
