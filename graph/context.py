"""The run-time configuration of a steering run, as Studio, the server and callers set it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from codesteer.sandboxes.execution import MEBIBYTE, Limits

Review = Literal["guidance", "code"]


class Context(BaseModel):
    """Plain JSON values only: this is what Studio and the server show and store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task_model: str = Field(
        default="local",
        min_length=1,
        title="Task model",
        description="Answers the question: 'local' (embedded), a .gguf path, 'provider:model', or "
        "'http(s)://host/v1#model'.",
        json_schema_extra={"langgraph_nodes": ["generate"]},
    )
    guide: str = Field(
        default="rules",
        min_length=1,
        title="Guide",
        description="Steers the task model: 'rules' (no model) or a model as above.",
        json_schema_extra={"langgraph_nodes": ["guide"]},
    )
    checker_model: str | None = Field(
        default=None,
        title="Checker model",
        description="Writes the programs that test answers; empty: the task model.",
        json_schema_extra={"langgraph_nodes": ["check_answer"]},
    )
    check_code: bool = Field(
        default=True,
        title="Symbolic checker",
        description="Analyse programs statically before the guide decides.",
        json_schema_extra={"langgraph_nodes": ["check_code"]},
    )
    check_answer: bool = Field(
        default=True,
        title="Self-answer checker",
        description="Have a model write a program that tests each answer.",
        json_schema_extra={"langgraph_nodes": ["check_answer"]},
    )
    checker_programs: int = Field(
        default=2,
        ge=1,
        le=5,
        title="Checking programs",
        description="Attempts at a program that gives a verdict.",
    )
    sandbox: str = Field(
        default="local",
        min_length=1,
        title="Sandbox",
        description="Where programs run: 'local', 'e2b', 'docker' or 'unsafe-subprocess'.",
        json_schema_extra={"langgraph_nodes": ["execute"]},
    )
    program_seconds: float = Field(
        default=30.0, gt=0, le=3600, title="Program time", description="Seconds that one program may run."
    )
    program_memory_mib: int = Field(
        default=2048, ge=64, title="Program memory", description="Mebibytes that one program may use."
    )
    max_turns: int = Field(
        default=5, ge=1, le=20, title="Turns", description="Answers of the task model, at most."
    )
    retry_temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        title="Retry temperature",
        description="Sampling temperature from the second turn on; empty: the model's own.",
        json_schema_extra={"langgraph_nodes": ["generate"]},
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
    )
    seed: int | None = Field(
        default=None, ge=0, title="Seed", description="Sampling seed, for endpoints that take one."
    )

    @property
    def limits(self) -> Limits:
        """What one program may use."""
        return Limits(wall_seconds=self.program_seconds, memory_bytes=self.program_memory_mib * MEBIBYTE)
