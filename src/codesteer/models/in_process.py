"""A chat model that transformers runs in this process: loaded once, asked in batches."""

import asyncio
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, Field, PrivateAttr

from codesteer.errors import ModelError, ModelRefusedError
from codesteer.models.adapters import FineTuned, load_fine_tuned
from codesteer.models.batching import Batcher
from codesteer.models.kept import Kept
from codesteer.models.libraries import import_library
from codesteer.settings import Settings

REPLY_TOKENS = 384
"""A decision takes less than a hundred."""
ROLES = {"system": "system", "human": "user", "ai": "assistant"}
Messages = Sequence[BaseMessage]

SELDOM_MORE = 2
"""Models kept in memory at a time."""


@dataclass(frozen=True, slots=True)
class Generated:
    """One reply."""

    text: str
    input_tokens: int
    output_tokens: int
    cut_off: bool


class InProcessModel(BaseChatModel):
    """Greedy replies of a model in memory; several runs that ask at once are answered in one batch."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name_or_path: str
    tuned: FineTuned = Field(exclude=True, repr=False)
    max_new_tokens: int = REPLY_TOKENS
    served_here: ClassVar[bool] = True
    _batcher: Batcher[Messages, Generated] = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Start the batcher once the fields are set."""
        super().model_post_init(context)
        generate = weakref.WeakMethod(self.generate_batch)
        self._batcher = Batcher(lambda conversations: _held(generate)(conversations))
        # The thread must not keep gigabytes alive that nobody asks any more.
        weakref.finalize(self, self._batcher.close)

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
        """Answer several conversations at once; padded on the left, so that all end where replies begin.

        Raises:
            ModelRefusedError: a conversation is longer than the model's context.
            ModelError: out of memory.
        """
        torch, tokenizer, model = import_library("torch"), self.tuned.tokenizer, self.tuned.model
        texts = [self._rendered(messages) for messages in conversations]
        inputs = tokenizer(
            texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False
        ).to(model.device)
        self._require_room(inputs["input_ids"].shape[1])
        try:
            with torch.inference_mode():
                output = model.generate(**inputs, generation_config=self._generation())
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise ModelError(f"{self.name_or_path}: out of memory; run fewer questions at once") from error
        new = output[:, inputs["input_ids"].shape[1] :]
        counts = inputs["attention_mask"].sum(dim=1).tolist()
        return [self._read(row.tolist(), count) for row, count in zip(new, counts, strict=True)]

    def _rendered(self, messages: Messages) -> str:
        turns = [{"role": ROLES[message.type], "content": message.text} for message in messages]
        rendered: str = self.tuned.tokenizer.apply_chat_template(
            turns, tokenize=False, add_generation_prompt=True
        )
        return rendered

    def _require_room(self, tokens: int) -> None:
        room = getattr(self.tuned.model.config, "max_position_embeddings", None)
        if room is not None and tokens + self.max_new_tokens > room:
            raise ModelRefusedError(
                f"{self.name_or_path} takes {room} tokens; the conversation has {tokens} and the reply needs "
                f"up to {self.max_new_tokens}"
            )

    def _ends(self) -> list[int]:
        given = self.tuned.model.generation_config.eos_token_id
        ends = given if isinstance(given, list) else [given]
        return sorted({end for end in (*ends, self.tuned.tokenizer.eos_token_id) if end is not None})

    def _generation(self) -> Any:
        # A model's own defaults (sampling, repetition penalty) would change a decision's exact words.
        return import_library("transformers").GenerationConfig(
            do_sample=False,
            use_cache=True,
            max_new_tokens=self.max_new_tokens,
            eos_token_id=self._ends(),
            pad_token_id=self.tuned.tokenizer.pad_token_id,
        )

    def _read(self, row: list[int], input_tokens: int) -> Generated:
        ends = set(self._ends())
        length = next((place for place, token in enumerate(row) if token in ends), len(row))
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
                "finish_reason": "length" if reply.cut_off else "stop",
                "model_name": self.name_or_path,
            },
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def _held(method: "weakref.WeakMethod[Any]") -> Any:
    """Return the method of a model that somebody waits for."""
    held = method()
    if held is None:
        raise ModelError("the model was dropped while it was asked")
    return held


def load_in_process(name: str) -> InProcessModel:
    """Return this process's copy of a model, loading it on first use: fp32 on a CPU, bf16 on a GPU.

    The models used last are kept; another is freed as soon as nobody asks it any more.

    Raises:
        ConfigurationError: no such model, no chat template, an adapter of another base.
        ModelError: out of memory.
    """
    folder = Settings.from_environment().model_dir
    return _loaded.get((name, folder), lambda: InProcessModel(name_or_path=name, tuned=_load(name)))


_loaded: Kept[InProcessModel] = Kept(SELDOM_MORE, heavy=True)


def _load(name: str) -> FineTuned:
    torch = import_library("torch")
    gpu = torch.cuda.is_available()
    try:
        tuned = load_fine_tuned(name, "bf16" if gpu else "fp32")
        model = tuned.model.to("cuda") if gpu else tuned.model
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise ModelError(f"{name} does not fit into memory") from error
    return FineTuned(model.eval(), tuned.tokenizer, tuned.base)
