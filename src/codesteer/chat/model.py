"""``ChatCodeSteer``: a chat model whose every reply is a steered run."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, cast

from langchain_core.callbacks import (
    AsyncCallbackManager,
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.callbacks.manager import BaseRunManager
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import agenerate_from_stream, generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.store.base import BaseStore
from pydantic import ConfigDict, Field, PrivateAttr, SkipValidation, ValidationError, model_validator

from codesteer.chat.answer_cache import answer_cache
from codesteer.chat.chunks import NO_REVIEW, ChunkConverter
from codesteer.chat.detached import astream_detached, stream_detached
from codesteer.chat.identity import name_of
from codesteer.chat.parent_run import begin_run, children_of
from codesteer.errors import ConfigurationError, UnsupportedError
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context, setting_errors
from codesteer.graph.objects import METHODS, require_object
from codesteer.graph.state import InputState
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.port import Guide
from codesteer.models.completion import Model
from codesteer.sandboxes.port import Sandbox

INNER_MODEL_PARAMETERS = frozenset({"api_key", "base_url", "max_retries", "temperature", "timeout", "top_p"})
"""Standard chat model parameters that belong to the models inside."""
NO_TOOLS = (
    "ChatCodeSteer does not support tools: bind them to the agent's own model, and pass ChatCodeSteer to it as a "
    "tool"
)
NO_SCHEMA = (
    "ChatCodeSteer does not support structured output: pass its answer to an output parser, or to a model with "
    "structured output"
)
NOT_WITH_A_CALL = (
    "pass it to the constructor; with a call, pass settings by their own names, such as max_turns=3"
)


class _Streaming(TypedDict):
    stream_mode: list[Literal["custom", "values", "messages"]]
    version: Literal["v2"]


STEPS: _Streaming = {"stream_mode": ["custom", "values"], "version": "v2"}
STEPS_AND_TOKENS: _Streaming = {"stream_mode": ["custom", "values", "messages"], "version": "v2"}


class ChatCodeSteer(BaseChatModel):
    """A chat model that steers another chat model between textual reasoning and code.

    It takes every field of ``Context`` except ``review``, at construction and with each call. ``task_model``,
    ``guide``, ``checker_model`` and ``sandbox`` may also be objects, as in ``create_codesteer``. The last human
    message is the question; the messages before it are the conversation so far.

    The steps of a run are reasoning (``additional_kwargs["reasoning_content"]``, and ``reasoning`` blocks in
    ``content_blocks``), in a stream together with what the task model writes; the content is the answer.
    ``usage_metadata`` is the sum over all roles; ``response_metadata`` contains the ``outcome``, the number of
    ``turns`` and what was recalled and learnt (``experience``). The models inside run as children of this model's run,
    so that callbacks see their calls. A response cache gets no reply of a run that failed.

    A call raises ConfigurationError for an invalid setting or question, ModelError if a model fails, and SandboxError
    if the sandbox itself fails.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    task_model: str | Model = Field(default="local", union_mode="left_to_right")
    guide: str | SkipValidation[Model | Guide] = "rules"
    checker_model: str | Model | None = None
    sandbox: str | SkipValidation[Sandbox] = "local"
    context: Context = Field(default_factory=Context)
    """All other settings; each can also be passed by its own name."""
    store: SkipValidation[BaseStore | None] = None
    """Store of the experience that ``context.experience`` names."""
    stop: list[str] = Field(default_factory=list)
    """The answer ends before the first of these sequences."""
    streaming: bool = False
    """Stream even if the caller does not."""
    if TYPE_CHECKING:

        def __init__(self, **settings: Any) -> None:
            """Accept the fields above, those of ``Context`` and those of ``BaseChatModel``."""

    _graph: CompiledGraph = PrivateAttr()
    _built_with: dict[str, Any] = PrivateAttr()
    """The objects, and the store, that the graph was built with."""
    _children: AsyncCallbackManager | None = PrivateAttr(default=None)
    """In the copy that serves one call: the callbacks of the models inside."""

    @model_validator(mode="before")
    @classmethod
    def _collect_context(cls, values: Any) -> Any:
        """Create the context from the settings that are passed by their own names."""
        if misplaced := sorted(INNER_MODEL_PARAMETERS & set(values)):
            raise ValueError(
                f"{', '.join(misplaced)}: a setting of the models inside; pass task_model (guide, checker_model) "
                "as a chat model object with this setting"
            )
        named = {name for name in values if name in Context.model_fields and name not in METHODS}
        others = {name: value for name, value in values.items() if name not in named}
        with _as_value_error():
            context = _updated_context(others.get("context", {}), {name: values[name] for name in named})
        return {name: getattr(context, name) for name in METHODS} | others | {"context": context}

    @model_validator(mode="after")
    def _build(self) -> Self:
        """Validate the settings and compile the graph."""
        with _as_value_error():
            objects, _ = self._settings({})
        self._built_with = {**objects, "store": self.store}
        self._graph = _compile(self._built_with)
        return self

    def invoke(
        self,
        input: LanguageModelInput,  # noqa: A002 LangChain's name
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> AIMessage:
        """Return the reply; ``batch`` calls this as well."""
        own, config = self._for_call(config)
        return super(ChatCodeSteer, own).invoke(input, config, **options)

    async def ainvoke(
        self,
        input: LanguageModelInput,  # noqa: A002
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> AIMessage:
        """Return the reply; ``abatch`` calls this as well."""
        own, config = self._for_call(config)
        return await super(ChatCodeSteer, own).ainvoke(input, config, **options)

    def stream(
        self,
        input: LanguageModelInput,  # noqa: A002
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> Iterator[AIMessageChunk]:
        """Stream the steps of the run, and then the reply."""
        own, config = self._for_call(config)
        return super(ChatCodeSteer, own).stream(input, config, **options)

    def astream(
        self,
        input: LanguageModelInput,  # noqa: A002
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> AsyncIterator[AIMessageChunk]:
        """Stream the steps of the run, and then the reply."""
        own, config = self._for_call(config)
        return super(ChatCodeSteer, own).astream(input, config, **options)

    def _for_call(self, config: RunnableConfig | None) -> tuple[Self, RunnableConfig]:
        """Return a copy that serves one call, and the config that begins the call's run."""
        own = self.model_copy(update={"cache": answer_cache(self.cache)})
        config, own._children = begin_run(config)
        return own, config

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Raise UnsupportedError: the models inside write programs and call no tools."""
        raise UnsupportedError(NO_TOOLS)

    def with_structured_output(self, schema: Any, **_: Any) -> Runnable[LanguageModelInput, Any]:
        """Raise UnsupportedError: nothing ensures that an answer follows a schema."""
        raise UnsupportedError(NO_SCHEMA)

    @property
    def model_name(self) -> str:
        """The name of this model in traces and usage reports."""
        return _display_name(self.task_model)

    @property
    def _llm_type(self) -> str:
        return "codesteer"

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        # The key of the response cache: it must contain everything that changes answers, including objects.
        objects = {name: _cache_key(getattr(self, name)) for name in METHODS}
        return {
            **self.context.model_dump(),
            **objects,
            "store": _cache_key(self.store),
            "stop": self.stop,
        }

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> ChatResult:
        return generate_from_stream(self._run(messages, stop, run_manager, STEPS, settings))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._arun(messages, stop, run_manager, STEPS, settings))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> Iterator[ChatGenerationChunk]:
        yield from self._run(messages, stop, run_manager, STEPS_AND_TOKENS, settings)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for chunk in self._arun(messages, stop, run_manager, STEPS_AND_TOKENS, settings):
            yield chunk

    def _run(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        run_manager: CallbackManagerForLLMRun | None,
        streaming: _Streaming,
        settings: Mapping[str, Any],
    ) -> Iterator[ChatGenerationChunk]:
        graph, context, converter = self._prepare(settings, stop)
        config = self._config(run_manager)
        parts = stream_detached(lambda: graph.astream(_input(messages), config, context=context, **streaming))
        with closing(parts):
            for part in parts:
                yield from converter.convert(part)
        yield converter.final_chunk()

    async def _arun(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        run_manager: AsyncCallbackManagerForLLMRun | None,
        streaming: _Streaming,
        settings: Mapping[str, Any],
    ) -> AsyncIterator[ChatGenerationChunk]:
        graph, context, converter = self._prepare(settings, stop)
        config = self._config(run_manager)
        parts = astream_detached(
            lambda: graph.astream(_input(messages), config, context=context, **streaming)
        )
        async for part in parts:
            for chunk in converter.convert(part):
                yield chunk
        yield converter.final_chunk()

    def _config(self, run: BaseRunManager | None) -> RunnableConfig:
        """Return a config that makes the graph's run a child of the chat model's run, which streams do not know."""
        children = self._children if run is None else children_of(run.run_id, run)
        return {"callbacks": children or AsyncCallbackManager(handlers=[])}

    def _prepare(
        self, changes: Mapping[str, Any], stop: list[str] | None
    ) -> tuple[CompiledGraph, Context, ChunkConverter]:
        """Return the graph, context and converter for one call; the graph is rebuilt only for other objects."""
        objects, context = self._settings(changes)
        parts = {**objects, "store": self.store}
        graph = self._graph if _are_the_same(parts, self._built_with) else _compile(parts)
        name = _display_name(objects.get("task_model", context.task_model))
        return graph, context, ChunkConverter(name, stop or self.stop)

    def _settings(self, changes: Mapping[str, Any]) -> tuple[dict[str, Any], Context]:
        """Split the settings, including those of one call, into objects and a context.

        Raises:
            ConfigurationError: a setting has an invalid value.
        """
        if {"tools", "functions"} & set(changes):
            raise UnsupportedError(NO_TOOLS)
        if fixed := sorted({"context", "store"} & set(changes)):
            raise ConfigurationError(f"{fixed[0]}: {NOT_WITH_A_CALL}")
        changes = {"task_model" if name == "model" else name: value for name, value in changes.items()}
        values = {name: getattr(self, name) for name in METHODS} | changes
        objects = {name: values.pop(name) for name in METHODS if not isinstance(values[name], str | None)}
        for name, value in objects.items():
            require_object(name, value)
        context = _updated_context(self.context, values)
        if context.review:
            raise ConfigurationError(f"review: {NO_REVIEW}")
        return objects, context


def _compile(parts: Mapping[str, Any]) -> CompiledGraph:
    objects = {name: value for name, value in parts.items() if name != "store"}
    return create_codesteer(**objects).compile(name="CodeSteer", checkpointer=False, store=parts["store"])


def _are_the_same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Return whether two sets of objects are the same; models that are equal may still be two."""
    return left.keys() == right.keys() and all(value is right[name] for name, value in left.items())


@contextmanager
def _as_value_error() -> Iterator[None]:
    """Convert a ConfigurationError to the ValueError that pydantic's validators expect."""
    try:
        yield
    except ConfigurationError as error:
        raise ValueError(str(error)) from error


def _updated_context(context: Any, changes: Mapping[str, Any]) -> Context:
    if not isinstance(context, Context | Mapping):
        kind = type(context).__name__
        raise ConfigurationError(f"context: pass a Context or a mapping with its fields, not {kind}")
    own = set(Context.model_fields)  # a subclass, as of an outer graph, may have others
    values = context.model_dump(include=own) if isinstance(context, Context) else context
    try:
        return Context.model_validate({**values, **changes})
    except ValidationError as error:
        raise ConfigurationError(setting_errors(error)) from error


def _input(messages: list[BaseMessage]) -> InputState:
    return {"messages": cast(list[AnyMessage], messages)}


def _display_name(task_model: Any) -> str:
    name = task_model if isinstance(task_model, str) else getattr(task_model, "model_name", None)
    return f"codesteer:{name or type(task_model).__name__}"


def _cache_key(setting: Any) -> Any:
    """Return a value that identifies a setting in the cache key."""
    if isinstance(setting, BaseChatModel):
        return setting._get_llm_string()
    return setting if isinstance(setting, str | int | float | tuple | list | None) else name_of(setting)
