"""A chat model that transformers runs in this process, in batches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, Field, PrivateAttr

from codesteer.errors import ModelError, ModelRefusedError
from codesteer.models.adapters import FineTuned, load_fine_tuned
from codesteer.models.batching import Batcher, batcher_of
from codesteer.models.cache import LRUCache
from codesteer.models.libraries import import_library
from codesteer.settings import Settings

MAX_NEW_TOKENS = 384
"""A decision takes fewer than a hundred."""
ROLES = {"system": "system", "human": "user", "ai": "assistant"}
Messages = Sequence[BaseMessage]
MAX_LOADED_MODELS = 2
"""Size of the cache of loaded models."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated reply."""

    text: str
    input_tokens: int
    output_tokens: int
    truncated: bool


class InProcessModel(BaseChatModel):
    """Greedy decoding of a model in memory; concurrent requests are processed in one batch."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name_or_path: str
    tuned: FineTuned = Field(exclude=True, repr=False)
    max_new_tokens: int = MAX_NEW_TOKENS
    runs_in_process: ClassVar[bool] = True
    _batcher: Batcher[Messages, Generated] = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Start the batcher after the fields are set."""
        super().model_post_init(context)
        self._batcher = batcher_of(self, self.generate_batch)

    @property
    def _llm_type(self) -> str:
        return "codesteer-in-process"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        return self._result(self._batcher.submit(messages).result())

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        return self._result(await asyncio.wrap_future(self._batcher.submit(messages)))

    def generate_batch(self, conversations: Sequence[Messages]) -> list[Generated]:
        """Generate replies to several conversations at once, padded on the left so that all replies begin together.

        Raises:
            ModelRefusedError: a conversation exceeds the model's context.
            ModelError: out of memory.
        """
        torch, tokenizer, model = import_library("torch"), self.tuned.tokenizer, self.tuned.model
        texts = [render_conversation(tokenizer, messages) for messages in conversations]
        inputs = tokenizer(
            texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False
        ).to(model.device)
        self._require_context(inputs["input_ids"].shape[1])
        try:
            with torch.inference_mode():
                output = model.generate(**inputs, generation_config=self._generation_config())
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise ModelError(
                f"{self.name_or_path}: out of memory; run fewer questions concurrently"
            ) from error
        new = output[:, inputs["input_ids"].shape[1] :]
        counts = inputs["attention_mask"].sum(dim=1).tolist()
        return [self._read_row(row.tolist(), count) for row, count in zip(new, counts, strict=True)]

    def _require_context(self, tokens: int) -> None:
        context = getattr(self.tuned.model.config, "max_position_embeddings", None)
        if context is not None and tokens + self.max_new_tokens > context:
            raise ModelRefusedError(
                f"{self.name_or_path} has a context of {context} tokens; the conversation has {tokens} and the reply "
                f"needs up to {self.max_new_tokens}: use a model with a longer context"
            )

    def _stop_tokens(self) -> list[int]:
        configured = self.tuned.model.generation_config.eos_token_id
        tokens = configured if isinstance(configured, list) else [configured]
        return sorted({token for token in (*tokens, self.tuned.tokenizer.eos_token_id) if token is not None})

    def _generation_config(self) -> Any:
        # A model's own defaults (sampling, repetition penalty) would change the exact words of a decision.
        return import_library("transformers").GenerationConfig(
            do_sample=False,
            use_cache=True,
            max_new_tokens=self.max_new_tokens,
            eos_token_id=self._stop_tokens(),
            pad_token_id=self.tuned.tokenizer.pad_token_id,
        )

    def _read_row(self, row: list[int], input_tokens: int) -> Generated:
        stop_tokens = set(self._stop_tokens())
        length = next((index for index, token in enumerate(row) if token in stop_tokens), len(row))
        text = self.tuned.tokenizer.decode(row[:length], skip_special_tokens=True)
        return Generated(text, input_tokens, length, length == len(row))

    def _result(self, reply: Generated) -> ChatResult:
        message = AIMessage(
            reply.text,
            usage_metadata={
                "input_tokens": reply.input_tokens,
                "output_tokens": reply.output_tokens,
                "total_tokens": reply.input_tokens + reply.output_tokens,
            },
            response_metadata={
                "finish_reason": "length" if reply.truncated else "stop",
                "model_name": self.name_or_path,
            },
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def render_conversation(tokenizer: Any, messages: Messages) -> str:
    """Return a conversation in the model's chat template, up to where its reply begins."""
    turns = [{"role": ROLES[message.type], "content": message.text} for message in messages]
    rendered: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    return rendered


def load_in_process(name: str) -> InProcessModel:
    """Return a model, loaded on first use: fp32 on a CPU, bf16 on a GPU.

    Recently used models are cached; others are freed when they are no longer referenced.

    Raises:
        ConfigurationError: the model or its chat template is missing, or an adapter has another base.
        ModelError: out of memory.
    """
    folder = Settings.from_environment().model_dir
    return _loaded_models.get(
        (name, folder), lambda: InProcessModel(name_or_path=name, tuned=load_for_inference(name))
    )


_loaded_models: LRUCache[InProcessModel] = LRUCache(MAX_LOADED_MODELS, collect_garbage=True)


def load_for_inference(name: str) -> FineTuned:
    """Load a model: fp32 on a CPU, bf16 on a GPU.

    Raises:
        ConfigurationError: the model or its chat template is missing, or an adapter has another base.
        ModelError: out of memory.
    """
    torch = import_library("torch")
    gpu = torch.cuda.is_available()
    try:
        tuned = load_fine_tuned(name, "bf16" if gpu else "fp32")
        model = tuned.model.to("cuda") if gpu else tuned.model
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise ModelError(f"{name} does not fit into memory; use a smaller model") from error
    return replace(tuned, model=model.eval())
