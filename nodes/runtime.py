"""LangGraph's runtime of a node, extended by the run's models, guide and sandbox."""

import asyncio
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from typing import Any, Self

from langgraph.config import get_config
from langgraph.constants import CONFIG_KEY_CHECKPOINTER
from langgraph.runtime import Runtime

from codesteer.errors import ConfigurationError, ModelRefusedError, ModelUnavailableError
from codesteer.experience.library import Library, library_namespace
from codesteer.experience.recall import RecalledExample
from codesteer.graph.checks import EnabledCheckers
from codesteer.graph.context import Context
from codesteer.graph.state import State
from codesteer.guides.factory import resolve_guide
from codesteer.guides.port import Guide
from codesteer.guides.rules import RulesGuide
from codesteer.models.address import is_address, parse_model_url
from codesteer.models.completion import Model
from codesteer.models.http_clients import resolve_public_ip
from codesteer.models.resolve import resolve_model
from codesteer.models.unwrapping import model_name, unwrap
from codesteer.models.usage import Role
from codesteer.policy.admission import MODEL_FIELDS, admit, is_listed_endpoint
from codesteer.policy.policy import Policy
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.port import Sandbox

Update = dict[str, Any]
"""The part of the state that a node updates."""
EMBEDDED_MODEL = "local"
"""Its checks confirmed wrong answers in 4 of 14 cases (docs/experiments.md), so they are off by default."""
MODELS_BY_ROLE: dict[Role, tuple[str, str]] = {
    "task": ("task_model", "task model"),
    "guide": ("guide", "guide"),
    "checker": ("checker_model", "checker model"),
}
"""The setting of each role's model, and what users call it."""
open_sandbox_once = lru_cache(maxsize=8)(open_sandbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Objects passed to ``create_codesteer``; each overrides the name in the context."""

    task_model: Model | None = None
    guide: Guide | None = None
    checker_model: Model | None = None
    sandbox: Sandbox | None = None
    checkers: tuple[str, ...] = ()
    """The names of the checkers that the user added."""
    policy: Policy | None = None
    """What the contexts of runs may contain; None: no restrictions."""

    def enabled_checkers(self, context: Context) -> EnabledCheckers:
        """Return the checkers that a run with these settings uses."""
        return EnabledCheckers(
            code=context.check_code, answer=self._checks_answers(context), added=self.checkers
        )

    def _checks_answers(self, context: Context) -> bool:
        """Whether the self-answer checker is on: by default, unless the embedded model would write its checks."""
        if context.check_answer is not None:
            return context.check_answer
        model, name = self.checker_model, context.checker_model
        if model is None and name is None:
            model, name = self.task_model, context.task_model
        return model is not None or name != EMBEDDED_MODEL

    async def apply_policy(self, context: Context) -> Context:
        """Check a context against the policy, resolve its endpoints' addresses, and fill in the policy's limits.

        Raises:
            ConfigurationError: the policy forbids a value.
        """
        if self.policy is None:
            return context
        admitted = await asyncio.to_thread(admit, self.policy, context)
        for field in MODEL_FIELDS:
            name = getattr(admitted, field)
            if name is not None and self.must_be_public(name):
                await _require_public_address(field, name)
        return admitted

    def must_be_public(self, name: str) -> bool:
        """Return whether the policy allows this endpoint only at a public address."""
        return self.policy is not None and is_address(name) and not is_listed_endpoint(self.policy, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRuntime(Runtime[Context]):  # type: ignore[misc] # frozen as well, in a way that mypy does not see
    """LangGraph's runtime of a node, with the run's models, guide and sandbox."""

    resources: Resources

    @classmethod
    def extend(cls, runtime: Runtime[Context], resources: Resources) -> Self:
        """Extend LangGraph's runtime; its context stays unchanged."""
        values = {field.name: getattr(runtime, field.name) for field in fields(Runtime)}
        return cls(**values, resources=resources)

    def emit(self, event: str, **details: Any) -> None:
        """Send an event to the run's custom stream."""
        self.stream_writer({"event": event, **details})

    @property
    def has_checkpointer(self) -> bool:
        """Whether the run can be resumed; a thread id alone saves nothing."""
        configurable = get_config().get("configurable", {})
        return configurable.get(CONFIG_KEY_CHECKPOINTER) is not None

    @property
    def outer_node(self) -> str:
        """The node of an outer graph that the graph runs as, with the nodes around that one; empty without."""
        namespace = self.execution_info.checkpoint_ns if self.execution_info else ""
        return "-".join(part.partition(":")[0] for part in namespace.split("|")[:-1] if not part.isdigit())

    async def task_model(self) -> Model:
        """Return the task model; raises ConfigurationError or ModelError."""
        return self.resources.task_model or await self._resolve(self.context.task_model)

    async def checker_model(self) -> Model:
        """Return the model that writes checking programs: the checker model, else the task model."""
        if self.resources.checker_model is not None:
            return self.resources.checker_model
        if self.context.checker_model is not None:
            return await self._resolve(self.context.checker_model)
        return await self.task_model()

    def model_label(self, role: Role) -> str:
        """Return the role and the name of a model, for messages to the user."""
        field, label = MODELS_BY_ROLE[role]
        if role == "checker" and self.resources.checker_model is None and self.context.checker_model is None:
            field = "task_model"
        model = getattr(self.resources, field)
        name = getattr(self.context, field) if model is None else model_name(model)
        return f"{label} {name}".strip()

    @property
    def enabled_checkers(self) -> EnabledCheckers:
        """The checkers that the run uses."""
        return self.resources.enabled_checkers(self.context)

    def library(self) -> Library:
        """Return the run's experience.

        On a server with users, each has a namespace of his own, unless the operator shares it.

        Raises:
            ConfigurationError: the graph was compiled without a store.
        """
        if self.store is None:
            raise ConfigurationError(
                "experience: the graph has no store; compile it with one, as in "
                "create_codesteer().compile(store=InMemoryStore())"
            )
        return Library(self.store, library_namespace(self.context.experience, self._owner()))

    def example(self, state: State) -> RecalledExample | None:
        """Return the worked example for the task model; the embedded model gains nothing by one."""
        model, known = unwrap(self.resources.task_model), state.get("experience")
        named = model is None and self.context.task_model == EMBEDDED_MODEL
        embedded = named or getattr(model, "embedded", False)
        return None if known is None or embedded else known.example

    def _owner(self) -> str | None:
        """Return the user whose experience it is; None if all share it."""
        policy = self.resources.policy
        user = self.server_info.user if self.server_info is not None else None
        shared = policy is not None and self.context.experience[0] in policy.shared_experience
        return None if user is None or shared else str(user.identity)

    async def guide(self) -> Guide:
        """Return the guide; raises ConfigurationError or ModelError."""
        if self.resources.guide is not None:
            return self.resources.guide
        name, seed = self.context.guide, self.context.seed
        if name == RulesGuide.name:
            return RulesGuide()
        public_only = self.resources.must_be_public(name)
        return await asyncio.to_thread(partial(resolve_guide, name, seed, public_only=public_only))

    async def sandbox(self) -> Sandbox:
        """Return the sandbox; raises ConfigurationError for an unknown kind."""
        if self.resources.sandbox is not None:
            return self.resources.sandbox
        return await asyncio.to_thread(open_sandbox_once, self.context.sandbox)

    async def packages(self) -> tuple[str, ...]:
        """Return the third-party packages that programs may import; raises SandboxError if nothing can run."""
        sandbox = await self.sandbox()
        return (await asyncio.to_thread(sandbox.describe)).packages

    def allowed_candidates(self, turns_left: int) -> tuple[int, str]:
        """Return how many candidates the settings allow, and the reason for this limit."""
        if "guidance" in self.context.review:
            return 1, "a person reviews the guidance"
        allowed = (self.context.candidates, "the run allows no more")
        return min(allowed, (max(1, turns_left), "no more turns are left"), key=lambda limit: limit[0])

    async def max_candidates(self, turns_left: int) -> tuple[int, str]:
        """Return how many candidates settings, model and sandbox allow, and the reason for this limit."""
        model, sandbox = await self.task_model(), await self.sandbox()
        slots = getattr(unwrap(model), "slots", None)
        concurrency = (await asyncio.to_thread(sandbox.describe)).concurrency
        limits = [self.allowed_candidates(turns_left)]
        limits += [(slots, "the model serves no more at once")] if slots else []
        limits += [(concurrency, "the sandbox runs no more at once")] if concurrency else []
        return min(limits, key=lambda limit: limit[0])

    async def _resolve(self, name: str) -> Model:
        public_only = self.resources.must_be_public(name)
        # Importing a provider's package or loading a local model blocks for seconds.
        return await asyncio.to_thread(
            partial(resolve_model, name, self.context.seed, public_only=public_only)
        )


async def _require_public_address(field: str, name: str) -> None:
    try:
        await resolve_public_ip(parse_model_url(name)[0])
    except ModelUnavailableError:
        return  # the call to the endpoint will report it
    except ModelRefusedError as error:
        raise ConfigurationError(f"{field}: {error}") from error
