"""``ChatCodeSteer``: a chat model whose every reply is a steered run."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, cast

from langchain_core.callbacks import (
    AsyncCallbackManager,
    AsyncCallbackManagerForLLMRun,
    CallbackManager,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import agenerate_from_stream, generate_from_stream
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.constants import TAG_NOSTREAM
from pydantic import ConfigDict, Field, PrivateAttr, SkipValidation, ValidationError, model_validator

from codesteer.chat.detached import detached, detached_async
from codesteer.chat.reading import Reader
from codesteer.errors import ConfigurationError, UnsupportedError
from codesteer.graph.context import Context
from codesteer.graph.state import InputState
from codesteer.graph.workflow import RECURSION_LIMIT, CompiledGraph, create_codesteer
from codesteer.guides.decision import Guide
from codesteer.models.completion import Model
from codesteer.sandboxes.port import Sandbox

OBJECTS = {"task_model": "ainvoke", "guide": "decide", "checker_model": "ainvoke", "sandbox": "run"}
"""Settings that may be objects, with the method that such an object has; a context holds names only."""
OF_MODELS = frozenset({"api_key", "base_url", "max_retries", "temperature", "timeout", "top_p"})
"""Standard parameters of chat models that belong to the models inside."""
NO_TOOLS = (
    "ChatCodeSteer binds no tools: bind them to the agent's own model and give ChatCodeSteer to it as a tool"
)
NO_SCHEMA = (
    "ChatCodeSteer answers in text, not in a schema: put an output parser, or a model with structured output, "
    "behind it"
)
NO_REVIEW = "a chat model cannot wait for a person: to review, run the graph itself (create_codesteer)"


class _Streaming(TypedDict):
    stream_mode: list[Literal["custom", "values"]]
    version: Literal["v2"]


STREAMING: _Streaming = {"stream_mode": ["custom", "values"], "version": "v2"}


class ChatCodeSteer(BaseChatModel):
    """A chat model that steers another one between textual reasoning and code.

    Takes every field of ``Context`` but ``review``, at construction and with each call. In place of a name,
    ``task_model``, ``guide``, ``checker_model`` and ``sandbox`` take the objects that ``create_codesteer`` takes.
    The last human message is the question; what stands before it is the conversation so far.

    While a run is under way its steps stream as reasoning (``additional_kwargs["reasoning_content"]``, a
    ``reasoning`` block in ``content_blocks``); the answer is the content. ``usage_metadata`` is the sum over all
    roles; ``response_metadata`` has the ``outcome`` and the number of ``turns``. The models inside run as children
    of this model's run, so callbacks see their calls, too.

    A call raises ConfigurationError for a setting or a question that makes no sense, ModelError where a model
    cannot be asked and SandboxError where the sandbox itself fails.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    task_model: str | Model = Field(default="local", union_mode="left_to_right")
    guide: str | SkipValidation[Model | Guide] = "rules"
    checker_model: str | Model | None = None
    sandbox: str | SkipValidation[Sandbox] = "local"
    context: Context = Field(default_factory=Context)
    """All other settings; each can be given by its own name."""
    stop: list[str] = Field(default_factory=list)
    """The answer ends before the first of these texts."""
    streaming: bool = False
    """Stream also where the caller does not."""
    if TYPE_CHECKING:

        def __init__(self, **settings: Any) -> None:
            """Take the fields above, those of ``Context`` and those of ``BaseChatModel``."""

    _graph: CompiledGraph = PrivateAttr()
    _built_with: dict[str, int] = PrivateAttr()
    """The identities of the objects that the graph was built with."""

    @model_validator(mode="before")
    @classmethod
    def _gather_context(cls, values: Any) -> Any:
        """Make the context out of the settings that are given by their own names."""
        if foreign := sorted(OF_MODELS & set(values)):
            raise ValueError(
                f"{', '.join(foreign)}: a setting of the models inside; give task_model (guide, checker_model) "
                "as a chat model object that has it"
            )
        named = {name for name in values if name in Context.model_fields and name not in OBJECTS}
        others = {name: value for name, value in values.items() if name not in named}
        with _as_value_error():
            context = _changed_context(others.get("context", {}), {name: values[name] for name in named})
        return {name: getattr(context, name) for name in OBJECTS} | others | {"context": context}

    @model_validator(mode="after")
    def _build(self) -> Self:
        """Check the settings and compile the graph."""
        with _as_value_error():
            objects, _ = self._settings({})
        self._graph, self._built_with = _compile(objects), _identities(objects)
        return self

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Refuse: the models inside write programs, they call no tools; raises UnsupportedError."""
        raise UnsupportedError(NO_TOOLS)

    def with_structured_output(self, schema: Any, **_: Any) -> Runnable[LanguageModelInput, Any]:
        """Refuse: nothing makes sure that an answer follows a schema; raises UnsupportedError."""
        raise UnsupportedError(NO_SCHEMA)

    @property
    def model_name(self) -> str:
        """The name under which traces and usage accounts list this model."""
        return _name(self.task_model)

    @property
    def _llm_type(self) -> str:
        return "codesteer"

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        # The key of the response cache: whatever changes answers has to be in it, objects included.
        objects = {name: _identity(getattr(self, name)) for name in OBJECTS}
        return {**self.context.model_dump(), **objects, "stop": self.stop}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **settings))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **settings))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> Iterator[ChatGenerationChunk]:
        graph, context, reader = self._prepare(settings, stop)
        config = _config(CallbackManager(handlers=[]), run_manager)
        for part in detached(lambda: graph.stream(_input(messages), config, context=context, **STREAMING)):
            yield from reader.read(part)
        yield reader.end()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **settings: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        graph, context, reader = self._prepare(settings, stop)
        config = _config(AsyncCallbackManager(handlers=[]), run_manager)
        parts = detached_async(lambda: graph.astream(_input(messages), config, context=context, **STREAMING))
        async for part in parts:
            for chunk in reader.read(part):
                yield chunk
        yield reader.end()

    def _prepare(
        self, changes: Mapping[str, Any], stop: list[str] | None
    ) -> tuple[CompiledGraph, Context, Reader]:
        """Return the graph and the context of one call; only other objects need another graph."""
        objects, context = self._settings(changes)
        graph = self._graph if _identities(objects) == self._built_with else _compile(objects)
        return graph, context, Reader(_name(objects.get("task_model", context.task_model)), stop or self.stop)

    def _settings(self, changes: Mapping[str, Any]) -> tuple[dict[str, Any], Context]:
        """Divide the settings, those of one call included, into objects and a context.

        Raises:
            ConfigurationError: a setting has a value that it cannot have.
        """
        if {"tools", "functions"} & set(changes):
            raise UnsupportedError(NO_TOOLS)
        changes = {"task_model" if name == "model" else name: value for name, value in changes.items()}
        values = {name: getattr(self, name) for name in OBJECTS} | changes
        objects = {name: values.pop(name) for name in OBJECTS if not isinstance(values[name], str | None)}
        for name, thing in objects.items():
            if not hasattr(thing, OBJECTS[name]) and not (name == "guide" and hasattr(thing, "ainvoke")):
                raise ConfigurationError(
                    f"{name}: give a name or an object that has the method {OBJECTS[name]}"
                )
        context = _changed_context(self.context, values)
        if context.review:
            raise ConfigurationError(f"review: {NO_REVIEW}")
        return objects, context


def _compile(objects: Mapping[str, Any]) -> CompiledGraph:
    return create_codesteer(**objects).compile(name="CodeSteer", checkpointer=False)


def _identities(objects: Mapping[str, Any]) -> dict[str, int]:
    return {name: id(thing) for name, thing in objects.items()}


@contextmanager
def _as_value_error() -> Iterator[None]:
    """Raise a ConfigurationError as pydantic's validators expect it."""
    try:
        yield
    except ConfigurationError as error:
        raise ValueError(str(error)) from error


def _changed_context(context: Any, changes: Mapping[str, Any]) -> Context:
    values = context.model_dump() if isinstance(context, Context) else dict(context)
    try:
        return Context(**{**values, **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _input(messages: list[BaseMessage]) -> InputState:
    return {"messages": cast(list[AnyMessage], messages)}


def _config(
    callbacks: CallbackManager | AsyncCallbackManager,
    run: CallbackManagerForLLMRun | AsyncCallbackManagerForLLMRun | None,
) -> RunnableConfig:
    """Make the graph's run a child of the chat model's run."""
    if run is not None:
        callbacks.set_handlers(run.inheritable_handlers)
        callbacks.add_tags(run.inheritable_tags)
        callbacks.add_metadata(run.inheritable_metadata)
        callbacks.parent_run_id = run.run_id
    return {"callbacks": callbacks, "tags": [TAG_NOSTREAM], "recursion_limit": RECURSION_LIMIT}


def _name(task_model: Any) -> str:
    inside = task_model if isinstance(task_model, str) else getattr(task_model, "model_name", None)
    return f"codesteer:{inside or type(task_model).__name__}"


def _identity(setting: Any) -> Any:
    """Return what tells a setting's value from every other one."""
    if isinstance(setting, BaseChatModel):
        return setting._get_llm_string()
    plain = isinstance(setting, str | int | float | tuple | list | None)
    return setting if plain else f"{type(setting).__name__} at {id(setting)}"
