"""A classifier of conversations that transformers runs in this process: one pass, no generation."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage

from codesteer.errors import ModelError
from codesteer.models.adapters import FineTuned
from codesteer.models.batching import batcher_of
from codesteer.models.cache import LRUCache
from codesteer.models.in_process import MAX_LOADED_MODELS, load_for_inference, render_conversation
from codesteer.models.libraries import import_library
from codesteer.models.padding import attention_mask, padded
from codesteer.settings import Settings

MAX_TOKENS = 4096
"""Tokens of a conversation that are read; of a longer one the middle is left out."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of a conversation."""

    scores: Mapping[str, float]
    """Logits by label."""
    input_tokens: int


class Classifier:
    """Scores labels; concurrent requests are processed in one batch."""

    def __init__(self, name: str, tuned: FineTuned) -> None:
        self.name, self._tuned = name, tuned
        self._batcher = batcher_of(self, self.score_batch)

    def score(self, messages: Sequence[BaseMessage]) -> "asyncio.Future[Scored]":
        """Return the scores of all labels.

        The future raises ModelError if there is not enough memory.
        """
        return asyncio.wrap_future(self._batcher.submit(messages))

    def score_batch(self, conversations: Sequence[Sequence[BaseMessage]]) -> list[Scored]:
        """Score several conversations in one pass; raises ModelError if there is not enough memory."""
        torch, tokenizer = import_library("torch"), self._tuned.tokenizer
        rows = [self._encode(render_conversation(tokenizer, messages)) for messages in conversations]
        try:
            with torch.inference_mode():
                logits = score_rows(self._tuned, rows).tolist()
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise ModelError(f"{self.name}: out of memory; run fewer questions concurrently") from error
        return [
            Scored(dict(zip(self._tuned.labels, scores, strict=True)), len(row))
            for scores, row in zip(logits, rows, strict=True)
        ]

    def _encode(self, text: str) -> list[int]:
        tokens: list[int] = self._tuned.tokenizer(text, add_special_tokens=False)["input_ids"]
        context = getattr(self._tuned.model.config, "max_position_embeddings", None) or MAX_TOKENS
        return clip_middle(tokens, min(context, MAX_TOKENS))


def clip_middle(tokens: list[int], limit: int) -> list[int]:
    """Leave out the middle of a row that is too long: the question is at its start, the last evidence at its end."""
    if len(tokens) <= limit:
        return tokens
    start = limit // 2
    return tokens[:start] + tokens[len(tokens) - (limit - start) :]


def score_rows(tuned: FineTuned, rows: Sequence[Sequence[int]]) -> Any:
    """Return the logits of token rows, ``(rows, labels)`` in fp32."""
    device = tuned.model.device
    ids, mask = padded(rows, tuned.tokenizer.pad_token_id).to(device), attention_mask(rows).to(device)
    return tuned.model(input_ids=ids, attention_mask=mask, use_cache=False).logits.float()


def load_classifier(name: str) -> Classifier:
    """Return a classifier, loaded on first use and cached like other models in this process.

    Raises:
        ConfigurationError: the model or its chat template is missing, or an adapter has another base.
        ModelError: out of memory.
    """
    folder = Settings.from_environment().model_dir
    return _loaded_classifiers.get((name, folder), lambda: Classifier(name, load_for_inference(name)))


_loaded_classifiers: LRUCache[Classifier] = LRUCache(MAX_LOADED_MODELS, collect_garbage=True)
