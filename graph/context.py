"""The run-time configuration of a steering run, as Studio, the server and callers set it."""

import difflib
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from codesteer.errors import ConfigurationError
from codesteer.models.address import require_no_credentials
from codesteer.prompts.loader import placeholder_fault, placeholders, template, template_names
from codesteer.sandboxes.execution import MEBIBYTE, Limits

Review = Literal["guidance", "code"]
PROMPT_FIELDS = {
    "guide_prompt": "guide/system",
    "code_prompt": "task/code",
    "text_prompt": "task/text",
    "checker_prompt": "checker/check",
}
"""The prompts that have a field of their own, and the template that each replaces."""
REPLACEABLE = frozenset(
    name
    for name in template_names()
    if name.startswith(("checker/", "guide/", "published/", "rules/", "task/"))
)
"""The templates that a steering run fills; a run may replace any of them."""


def _at(*nodes: str, **more: Any) -> dict[str, Any]:
    """Say to which nodes Studio attaches a setting."""
    return {"langgraph_nodes": list(nodes), **more}


class Context(BaseModel):
    """Plain JSON values only: this is what Studio and the server show and store."""

    # The text of a validation error would repeat what was given, credentials in an address included.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    task_model: str = Field(
        default="local",
        min_length=1,
        title="Task model",
        description="Answers the question: 'local' (embedded), a .gguf path, 'provider:model', or "
        "'http(s)://host/v1#model'.",
        json_schema_extra=_at(
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
        json_schema_extra=_at("guide", examples=["rules", "local", "openai:gpt-4o", "hf:runs/guide"]),
    )
    checker_model: str | None = Field(
        default=None,
        title="Checker model",
        description="Writes the programs that test answers; empty: the task model.",
        json_schema_extra=_at("check_answer", examples=["local", "openai:gpt-4o"]),
    )
    check_code: bool = Field(
        default=True,
        title="Symbolic checker",
        description="Analyse programs statically before the guide decides.",
        json_schema_extra=_at("check_code"),
    )
    check_answer: bool = Field(
        default=True,
        title="Self-answer checker",
        description="Have a model write a program that tests each answer.",
        json_schema_extra=_at("check_answer"),
    )
    checker_programs: int = Field(
        default=1,
        ge=1,
        le=5,
        title="Checking programs",
        description="Programs that test one answer, written and run side by side.",
        json_schema_extra=_at("check_answer"),
    )
    sandbox: str = Field(
        default="local",
        min_length=1,
        title="Sandbox",
        description="Where programs run: 'local', 'e2b', 'docker', 'podman', 'kubernetes' or 'unsafe-subprocess'.",
        json_schema_extra=_at("execute", "check_answer", examples=["local", "e2b", "docker"]),
    )
    program_seconds: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        title="Program time",
        description="Seconds that one program may run.",
        json_schema_extra=_at("execute", "check_answer"),
    )
    program_memory_mib: int = Field(
        default=2048,
        ge=64,
        le=1024 * 1024,
        title="Program memory",
        description="Mebibytes that one program may use.",
        json_schema_extra=_at("execute", "check_answer"),
    )
    max_turns: int = Field(
        default=5,
        ge=1,
        le=20,
        title="Turns",
        description="Answers of the task model, at most.",
        json_schema_extra=_at("guide"),
    )
    candidates: int = Field(
        default=2,
        ge=1,
        le=8,
        title="Candidates",
        description="Independent attempts that a guide may ask for at once; each counts as a turn.",
        json_schema_extra=_at("guide"),
    )
    retry_temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        title="Retry temperature",
        description="Sampling temperature from the second turn on; empty: the model's own, for greedy models 0.7.",
        json_schema_extra=_at("write_program", "write_text"),
    )
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        title="Token budget",
        description="Tokens in and out over all models; empty: no limit.",
    )
    max_seconds: float | None = Field(
        default=None,
        gt=0,
        title="Time budget",
        description="Seconds of work over all turns; empty: no limit.",
    )
    max_cost: float | None = Field(
        default=None, gt=0, title="Money budget", description="US dollars over all models; empty: no limit."
    )
    review: tuple[Review, ...] = Field(
        default=(),
        title="Human review",
        description="Stop for a person before the guidance is sent and/or before code runs.",
        json_schema_extra=_at("write_program", "write_text", "execute"),
    )
    seed: int | None = Field(
        default=None, ge=0, title="Seed", description="Sampling seed, for endpoints that take one."
    )

    guide_prompt: str = Field(
        default=template("guide/system"),
        min_length=1,
        title="Guide's instructions",
        description="What a guide that is a model is told about its task; it must answer with the JSON object.",
        json_schema_extra=_at("guide", langgraph_type="prompt"),
    )
    code_prompt: str = Field(
        default=template("task/code"),
        min_length=1,
        title="How to answer by code",
        description="What the task model is told when it is first to write a program.",
        json_schema_extra=_at("write_program", langgraph_type="prompt"),
    )
    text_prompt: str = Field(
        default=template("task/text"),
        min_length=1,
        title="How to answer in text",
        description="What the task model is told when it is first to reason in words.",
        json_schema_extra=_at("write_text", langgraph_type="prompt"),
    )
    checker_prompt: str = Field(
        default=template("checker/check"),
        min_length=1,
        title="How to test an answer",
        description="What the checker is told; $question and $answer stand for the question and the answer.",
        json_schema_extra=_at("check_answer", langgraph_type="prompt"),
    )
    prompts: dict[str, str] = Field(
        default={},
        title="Other prompts",
        description="Texts that replace other prompt templates, by the template's name, such as 'task/code_again'.",
        json_schema_extra=_at("guide", "write_program", "write_text", "check_answer"),
    )

    @field_validator("task_model", "guide", "checker_model", "sandbox")
    @classmethod
    def _check_name(cls, name: Any, info: ValidationInfo) -> Any:
        """A name is short, and holds no credentials: it is shown, logged and kept."""
        if isinstance(name, str):
            try:
                require_no_credentials(name)
            except ConfigurationError as error:
                # Not a ValueError: it is to be one line wherever a context is made.
                raise ConfigurationError(f"{info.field_name}: {error}") from error
        return name

    @field_validator(*PROMPT_FIELDS)
    @classmethod
    def _check_prompt(cls, text: str, info: ValidationInfo) -> str:
        if fault := placeholder_fault(text, placeholders(template(PROMPT_FIELDS[str(info.field_name)]))):
            raise ValueError(fault)
        return text

    @field_validator("prompts")
    @classmethod
    def _check_prompts(cls, prompts: dict[str, str]) -> dict[str, str]:
        for name, text in prompts.items():
            if fault := _replacement_fault(name, text):
                raise ValueError(f"{name}: {fault}")
        return prompts

    @property
    def all_prompts(self) -> dict[str, str]:
        """The texts that replace prompt templates, by the names of the templates."""
        return {name: getattr(self, field) for field, name in PROMPT_FIELDS.items()} | self.prompts

    @property
    def limits(self) -> Limits:
        """What one program may use."""
        return Limits(wall_seconds=self.program_seconds, memory_bytes=self.program_memory_mib * MEBIBYTE)


def _replacement_fault(name: str, text: str) -> str:
    """Say why a text cannot replace a template; empty if it can."""
    if field := next((field for field, own in PROMPT_FIELDS.items() if own == name), None):
        return f"this prompt has a field of its own: set {field}"
    if name not in REPLACEABLE:
        near = difflib.get_close_matches(name, REPLACEABLE, n=1)
        return "there is no such prompt" + (f"; did you mean {near[0]}?" if near else "")
    known = placeholders(template(name))
    if "question" in known and "question" not in placeholders(text):
        return "$question is missing: the model would never see the question"
    return placeholder_fault(text, known)


def own_context(given: object) -> Context:
    """Return the part of a run's context that is ours.

    Inside another graph a run has that graph's context: a dictionary or an object, of which the fields with our names
    count. Without one the defaults hold.

    Raises:
        ValidationError: a field has a value that it cannot have.
        ConfigurationError: a name is too long, or holds credentials.
    """
    if isinstance(given, Context):
        return given
    names = Context.model_fields
    if isinstance(given, Mapping):
        return Context(**{name: given[name] for name in names if name in given})
    return Context(**{name: getattr(given, name) for name in names if hasattr(given, name)})
