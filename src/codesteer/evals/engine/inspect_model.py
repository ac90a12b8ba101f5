"""A LangChain chat model whose requests Inspect sends: with its log, limits, retries and cache."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    ModelUsage,
    ResponseSchema,
    get_model,
)
from inspect_ai.model._generate_config import active_generate_config
from inspect_ai.model._model import active_model
from inspect_ai.util import JSONSchema, json_schema
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.output_parsers import PydanticOutputParser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableParallel, RunnablePassthrough
from pydantic import BaseModel

from codesteer.errors import ModelError
from codesteer.evals.engine.request_limit import current_limit


class InspectChatModel(BaseChatModel):
    """Asks the model that is evaluated, or another one that Inspect knows; works inside a sample only.

    It takes text and structured output, which is all that the methods use. Settings of the evaluation, such as
    Inspect's ``--temperature``, take precedence over its own.
    """

    model: str | None = None
    """Inspect's name of the model; None: the one that is evaluated."""
    temperature: float | None = None
    seed: int = 0
    max_tokens: int | None = None
    embedded: bool = False
    """Whether the embedded model answers; see ``NodeRuntime.example``."""

    @property
    def _llm_type(self) -> str:
        return "inspect"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        raise NotImplementedError("Inspect's models answer asynchronous calls only")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        """Ask within the request limit of the problem.

        Raises:
            ModelError: the reply is empty.
        """
        request = partial(self._ask, messages, {"stop_seqs": stop, **options})
        limit = current_limit.get()
        message = await (request() if limit is None else limit.send(request))
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _ask(self, messages: Sequence[BaseMessage], options: dict[str, Any]) -> AIMessage:
        model = get_model(self.model)
        own = {"temperature": self.temperature, "seed": self.seed, "max_tokens": self.max_tokens}
        config = _with_precedence(GenerateConfig(**{**own, **options}), model)
        return to_message(
            await model.generate([to_inspect(message) for message in messages], config=config), model
        )

    def with_structured_output(
        self, schema: Any, *, include_raw: bool = False, **_: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Return the model with replies of the schema, a Pydantic class; see LangChain's ``BaseChatModel``."""
        wanted = ResponseSchema(name=schema.__name__, json_schema=_strict_schema(schema), strict=True)
        asked = self.bind(response_schema=wanted)
        parser = PydanticOutputParser[Any](pydantic_object=schema)
        if not include_raw:
            return asked | parser
        parsed = RunnablePassthrough.assign(
            parsed=lambda result: parser.invoke(result["raw"]), parsing_error=lambda _: None
        )
        unparsed = RunnablePassthrough.assign(parsed=lambda _: None)
        return RunnableParallel(raw=asked) | parsed.with_fallbacks([unparsed], exception_key="parsing_error")


def to_inspect(message: BaseMessage) -> ChatMessage:
    """Return a message of the system, the user or the model as Inspect's.

    Raises:
        TypeError: a message of another role, such as a tool's.
    """
    match message:
        case SystemMessage():
            return ChatMessageSystem(content=message.text)
        case HumanMessage():
            return ChatMessageUser(content=message.text)
        case AIMessage():
            return ChatMessageAssistant(content=message.text)
        case _:
            raise TypeError(f"methods send no {type(message).__name__}")


def to_message(output: ModelOutput, model: Model) -> AIMessage:
    """Return Inspect's output as LangChain's message, with its usage and why it ended.

    Raises:
        ModelError: the output has no message.
    """
    if not output.choices:
        raise ModelError(output.error or "the endpoint returned no message")
    return AIMessage(
        output.completion,
        usage_metadata=_usage(output.usage) if output.usage else None,
        response_metadata={"finish_reason": output.stop_reason, "model_name": model.api.model_name},
    )


def _usage(usage: ModelUsage) -> UsageMetadata:
    """Return the tokens of a request; Inspect counts those of the cache apart from the input."""
    cached, written = usage.input_tokens_cache_read or 0, usage.input_tokens_cache_write or 0
    return UsageMetadata(
        input_tokens=usage.input_tokens + cached + written,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
        input_token_details=InputTokenDetails(cache_read=cached, cache_creation=written),
    )


def _with_precedence(config: GenerateConfig, model: Model) -> GenerateConfig:
    """Give the settings of the model and of the evaluation precedence: Inspect's own order is the reverse."""
    config = config.merge(model.config)
    return config.merge(active_generate_config()) if model is active_model() else config


def _strict_schema(schema: type[BaseModel]) -> JSONSchema:
    """Return a schema in the form that strict endpoints take: every field is required, so none has a default."""
    wanted = json_schema(schema)
    fields = {
        name: field.model_copy(update={"default": None}) for name, field in (wanted.properties or {}).items()
    }
    return wanted.model_copy(update={"properties": fields, "required": list(fields)})
