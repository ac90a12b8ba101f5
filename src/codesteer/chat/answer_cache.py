"""A response cache without failures: otherwise, an outage would be the answer long after it has passed."""

from collections.abc import Sequence
from typing import Any

from langchain_core.caches import BaseCache
from langchain_core.globals import get_llm_cache
from langchain_core.outputs import ChatGeneration, Generation

from codesteer.graph.answer_ids import OUTCOME


def answer_cache(cache: BaseCache | bool | None) -> BaseCache | bool | None:
    """Return a chat model's cache without failures; False and a cache that is missing stay as they are."""
    found = cache if isinstance(cache, BaseCache) else get_llm_cache()
    return cache if cache is False or found is None else AnswerCache(found)


class AnswerCache(BaseCache):
    """Passes everything on to another cache, except runs that failed."""

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache

    def lookup(self, prompt: str, llm_string: str) -> Sequence[Generation] | None:
        """Return what the other cache has."""
        return self._cache.lookup(prompt, llm_string)

    def update(self, prompt: str, llm_string: str, return_val: Sequence[Generation]) -> None:
        """Keep a reply in the other cache."""
        if not _failed(return_val):
            self._cache.update(prompt, llm_string, return_val)

    def clear(self, **kwargs: Any) -> None:
        """Clear the other cache."""
        self._cache.clear(**kwargs)

    async def alookup(self, prompt: str, llm_string: str) -> Sequence[Generation] | None:
        """Return what the other cache has."""
        return await self._cache.alookup(prompt, llm_string)

    async def aupdate(self, prompt: str, llm_string: str, return_val: Sequence[Generation]) -> None:
        """Keep a reply in the other cache."""
        if not _failed(return_val):
            await self._cache.aupdate(prompt, llm_string, return_val)

    async def aclear(self, **kwargs: Any) -> None:
        """Clear the other cache."""
        await self._cache.aclear(**kwargs)


def _failed(replies: Sequence[Generation]) -> bool:
    messages = [reply.message for reply in replies if isinstance(reply, ChatGeneration)]
    return any(message.response_metadata.get(OUTCOME) == "failed" for message in messages)
