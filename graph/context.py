"""The run-time configuration of a steering run, set by callers, Studio or the server."""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from inspect import isroutine
from numbers import Number
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from codesteer.errors import ConfigurationError
from codesteer.models.address import require_no_credentials
from codesteer.prompts.loader import placeholder_error, placeholders, template, template_names
from codesteer.ranges import MAX_NUMBER
from codesteer.sandboxes.execution import MEBIBYTE, Limits

ReviewPoint = Literal["guidance", "code"]
PROMPT_FIELDS = {
    "guide_prompt": "guide/system",
    "code_prompt": "task/code",
    "text_prompt": "task/text",
    "checker_prompt": "checker/check",
}
"""The prompts with a field of their own, and the template that each replaces."""
MAX_SEED = MAX_NUMBER - 1000
"""Later turns add their number to the seed."""
MAX_LABELS = 4
"""Labels of a namespace of experience."""
NAMESPACE_LABEL = re.compile(r"[\w@:+-]{1,100}")
"""LangGraph's stores separate labels by full stops."""
REPLACEABLE_PROMPTS = frozenset(
    name
    for name in template_names()
    if name.startswith(("checker/", "guide/", "published/", "rules/", "task/"))
)
"""The templates that a steering run uses; a run may replace any of them."""


def _for_nodes(*nodes: str, **extra: Any) -> dict[str, Any]:
    """Return a field's JSON schema extras: Studio shows the field at these nodes."""
    return {"langgraph_nodes": list(nodes), **extra}


class Context(BaseModel):
    """Settings of one run; plain JSON values only, because Studio and the server show and store them."""

    # Otherwise validation errors would repeat the input, including credentials in an address.
    # Infinity and NaN are no JSON.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)

    task_model: str = Field(
        default="local",
        min_length=1,
        title="Task model",
        description="Answers the question: 'local' (embedded), a .gguf path, 'provider:model', or "
        "'http(s)://host/v1#model'.",
        json_schema_extra=_for_nodes(
            "write_program",
            "write_text",
            examples=["local", "openai:gpt-4o", "http://127.0.0.1:8080/v1#name"],
        ),
    )
    guide: str = Field(
        default="rules",
        min_length=1,
        title="Guide",
        description="Steers the task model: 'rules' (no model), a model as above, or 'hf:PATH', a trained guide.",
        json_schema_extra=_for_nodes("guide", examples=["rules", "local", "openai:gpt-4o", "hf:runs/guide"]),
    )
    checker_model: str | None = Field(
        default=None,
        title="Checker model",
        description="Writes the programs that test answers; empty: the task model.",
        json_schema_extra=_for_nodes("check_answer", examples=["local", "openai:gpt-4o"]),
    )
    check_code: bool = Field(
        default=True,
        title="Symbolic checker",
        description="Analyse programs statically before the guide decides.",
        json_schema_extra=_for_nodes("check_code"),
    )
    check_answer: bool | None = Field(
        default=None,
        title="Self-answer checker",
        description="Have a model write a check of answers, which is itself tested before it counts; "
        "empty: yes, unless the embedded model would write it, whose checks confirmed too many wrong answers.",
        json_schema_extra=_for_nodes("check_answer"),
    )
    checker_programs: int = Field(
        default=1,
        ge=1,
        le=5,
        title="Checks",
        description="Number of checks that test one answer; they are written and run in parallel.",
        json_schema_extra=_for_nodes("check_answer"),
    )
    sandbox: str = Field(
        default="local",
        min_length=1,
        title="Sandbox",
        description="Where programs run: 'local', 'e2b', 'docker', 'podman', 'kubernetes' or 'unsafe-subprocess'.",
        json_schema_extra=_for_nodes("execute", "check_answer", examples=["local", "e2b", "docker"]),
    )
    program_seconds: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        title="Program time",
        description="Maximum run time of one program, in seconds.",
        json_schema_extra=_for_nodes("execute", "check_answer"),
    )
    program_memory_mib: int = Field(
        default=2048,
        ge=64,
        le=1024 * 1024,
        title="Program memory",
        description="Maximum memory of one program, in mebibytes.",
        json_schema_extra=_for_nodes("execute", "check_answer"),
    )
    max_turns: int = Field(
        default=5,
        ge=1,
        le=20,
        title="Turns",
        description="Maximum number of answers by the task model.",
        json_schema_extra=_for_nodes("guide"),
    )
    candidates: int = Field(
        default=2,
        ge=1,
        le=8,
        title="Candidates",
        description="Maximum number of independent attempts that a guide may ask for at once; each counts as a turn.",
        json_schema_extra=_for_nodes("guide"),
    )
    temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        title="Temperature",
        description="Sampling temperature of the task model; empty: the model's own, 0 for the embedded model.",
        json_schema_extra=_for_nodes("write_program", "write_text"),
    )
    retry_temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        title="Retry temperature",
        description="Sampling temperature from the second turn on; empty: the model's own, or 0.7 for greedy models.",
        json_schema_extra=_for_nodes("write_program", "write_text"),
    )
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        le=MAX_NUMBER,
        title="Token budget",
        description="Maximum input and output tokens of all models together; empty: no limit.",
    )
    max_seconds: float | None = Field(
        default=None,
        gt=0,
        title="Time budget",
        description="Maximum working time of all turns together, in seconds; empty: no limit.",
    )
    max_cost: float | None = Field(
        default=None,
        gt=0,
        title="Money budget",
        description="Maximum cost of all models together, in US dollars; empty: no limit.",
    )
    review: tuple[ReviewPoint, ...] = Field(
        default=(),
        title="Human review",
        description="Interrupt the run for review before guidance is sent, before code runs, or both.",
        json_schema_extra=_for_nodes("write_program", "write_text", "execute"),
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=MAX_SEED,
        title="Seed",
        description="Sampling seed, for endpoints that support one.",
    )

    files: dict[str, str] = Field(
        default={},
        title="Files",
        description="Files that programs can read, by name: a text, or other content as 'data:TYPE;base64,…'.",
        json_schema_extra=_for_nodes("write_program", "execute"),
    )

    experience: tuple[str, ...] = Field(
        default=(),
        max_length=MAX_LABELS,
        title="Experience",
        description="Namespace in the graph's store of what earlier runs learnt, such as ['my_app', 'alice']; "
        "empty: none is used.",
        json_schema_extra=_for_nodes("recall", "learn"),
    )
    learn: bool = Field(
        default=True,
        title="Learn",
        description="Add to the experience what this run verified; only with a namespace of experience.",
        json_schema_extra=_for_nodes("learn"),
    )

    guide_prompt: str = Field(
        default=template("guide/system"),
        min_length=1,
        title="Guide's instructions",
        description="System prompt of a guide that is a model; it must ask for the JSON object.",
        json_schema_extra=_for_nodes("guide", langgraph_type="prompt"),
    )
    code_prompt: str = Field(
        default=template("task/code"),
        min_length=1,
        title="How to answer by code",
        description="Instructions for the task model's first program.",
        json_schema_extra=_for_nodes("write_program", langgraph_type="prompt"),
    )
    text_prompt: str = Field(
        default=template("task/text"),
        min_length=1,
        title="How to answer in text",
        description="Instructions for the task model's first answer in text.",
        json_schema_extra=_for_nodes("write_text", langgraph_type="prompt"),
    )
    checker_prompt: str = Field(
        default=template("checker/check"),
        min_length=1,
        title="How to test an answer",
        description="Prompt of the checker model, with the placeholders $question, $parsing and $data.",
        json_schema_extra=_for_nodes("check_answer", langgraph_type="prompt"),
    )
    prompts: dict[str, str] = Field(
        default={},
        title="Other prompts",
        description="Replacements for other prompt templates, by template name, such as 'task/code_again'.",
        json_schema_extra=_for_nodes("guide", "write_program", "write_text", "check_answer"),
    )

    @field_validator("task_model", "guide", "checker_model", "sandbox")
    @classmethod
    def _check_name(cls, name: Any, info: ValidationInfo) -> Any:
        """Reject long names and credentials: names are shown, logged and stored."""
        if isinstance(name, str):
            try:
                require_no_credentials(name)
            except ConfigurationError as error:
                # Not a ValueError, so that the message is one line wherever a context is created.
                raise ConfigurationError(f"{info.field_name}: {error}") from error
        return name

    @field_validator("experience")
    @classmethod
    def _check_namespace(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if error := namespace_error(labels):
            raise ValueError(error)
        return labels

    @field_validator(*PROMPT_FIELDS)
    @classmethod
    def _check_prompt(cls, text: str, info: ValidationInfo) -> str:
        if error := placeholder_error(text, placeholders(template(PROMPT_FIELDS[str(info.field_name)]))):
            raise ValueError(error)
        return text

    @field_validator("prompts")
    @classmethod
    def _check_prompts(cls, prompts: dict[str, str]) -> dict[str, str]:
        for name, text in prompts.items():
            if error := _replacement_error(name, text):
                raise ValueError(f"{name}: {error}")
        return prompts

    @property
    def all_prompts(self) -> dict[str, str]:
        """Replacements for prompt templates, by template name."""
        return {name: getattr(self, field) for field, name in PROMPT_FIELDS.items()} | self.prompts

    @property
    def limits(self) -> Limits:
        """Limits for one program."""
        return Limits(wall_seconds=self.program_seconds, memory_bytes=self.program_memory_mib * MEBIBYTE)


NULLABLE = frozenset(
    name for name, field in Context.model_fields.items() if type(None) in get_args(field.annotation)
)
"""The fields that may be None."""
OUTER_FIELDS = (
    "codesteer reads the fields of an outer graph's context that have the names of its own: rename such a field, or "
    "call codesteer in a node function, with a context of its own"
)


def namespace_error(labels: Sequence[str]) -> str:
    """Return why labels are no namespace of experience; empty if they are."""
    if len(labels) > MAX_LABELS:
        return f"a namespace has at most {MAX_LABELS} labels, not {len(labels)}"
    invalid = [label for label in labels if not NAMESPACE_LABEL.fullmatch(label)]
    if not invalid:
        return ""
    return f"{invalid[0][:40]!r} is no label: use 1 to 100 letters, digits, '-', '_', '@', ':' and '+'"


def _replacement_error(name: str, text: str) -> str:
    """Return why a text cannot replace a template; empty if it can."""
    if field := next((field for field, replaced in PROMPT_FIELDS.items() if replaced == name), None):
        return f"this prompt has a field of its own: set {field}"
    if name not in REPLACEABLE_PROMPTS:
        similar = difflib.get_close_matches(name, REPLACEABLE_PROMPTS, n=1)
        return "there is no such prompt" + (f"; did you mean {similar[0]}?" if similar else "")
    allowed = placeholders(template(name))
    if "question" in allowed and "question" not in placeholders(text):
        return "$question is missing: the model would never see the question"
    return placeholder_error(text, allowed)


def create_context(**settings: Any) -> Context:
    """Create a context from settings that a user gave; raises ConfigurationError that names an invalid field."""
    try:
        return Context(**settings)
    except ValidationError as error:
        raise ConfigurationError(setting_errors(error)) from error


def setting_errors(error: ValidationError) -> str:
    """Return what is wrong with which fields, on one line."""
    return "; ".join(f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors())


def read_context(value: object, stored: Mapping[str, Any] | None = None) -> Context:
    """Create the context from what LangGraph passes to a run, and from the settings that the question began with.

    Inside another graph that is the outer graph's context, a dictionary or an object: its fields with the names of ours
    are used, unless they are None and ours cannot be. What the caller leaves out, for example when resuming after a
    review, is as at the question's beginning; other settings have their defaults.

    Args:
        value: LangGraph's context.
        stored: the state's ``settings``.

    Raises:
        ConfigurationError: a field has an invalid value; the value is no context at all.
    """
    stored = stored or {}
    if isinstance(value, Context) and stored.keys() <= value.model_fields_set:
        return value  # nothing stored would count: the usual case, in every node of a run
    try:
        return Context.model_validate({**stored, **_given_settings(value)})
    except ValidationError as error:
        raise ConfigurationError(f"{setting_errors(error)} ({OUTER_FIELDS})") from error


def _given_settings(value: object) -> dict[str, Any]:
    names = Context.model_fields
    if isinstance(value, Context):
        # A subclass, as of an outer graph, may have fields of its own.
        return {name: getattr(value, name) for name in value.model_fields_set if name in names}
    if isinstance(value, Mapping):
        return _not_empty({name: value[name] for name in names if name in value})
    if isinstance(value, str | bytes | Number | Collection | type):
        raise ConfigurationError(
            f"the context must be a Context, a mapping or an object with its fields, not {type(value).__name__}"
        )
    attributes = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return _not_empty({name: one for name, one in attributes.items() if not isroutine(one)})


def _not_empty(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave out None where it is no value: other graphs' contexts have it for what is not set."""
    return {name: value for name, value in settings.items() if value is not None or name in NULLABLE}


def settings_of(context: Context) -> dict[str, Any]:
    """Return the settings that were given, as JSON."""
    return context.model_dump(mode="json", exclude_unset=True, include=set(Context.model_fields))
