"""What a node works with besides the state: LangGraph's runtime, and the run's models, guide and sandbox."""

import asyncio
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from typing import Any, Self

from langgraph.runtime import Runtime

from codesteer.errors import ConfigurationError, ModelRefusedError, ModelUnavailableError
from codesteer.graph.checks import Checks
from codesteer.graph.context import Context
from codesteer.guides.decision import Guide
from codesteer.guides.factory import resolve_guide
from codesteer.guides.rules import RulesGuide
from codesteer.models.address import is_address, parse_model_url
from codesteer.models.completion import Model
from codesteer.models.http_clients import resolve_public_ip
from codesteer.models.resolve import resolve_model
from codesteer.models.unwrapping import unwrap
from codesteer.policy.admission import MODEL_FIELDS, admit, is_listed_endpoint
from codesteer.policy.policy import Policy
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.port import Sandbox

UNCLEAR_CHECKS = 3
"""Checks in a row without a verdict after which a model is taken not to be able to write them."""
EMBEDDED_NAME = "local"
Update = dict[str, Any]
"""The part of the state that a node changes."""
open_sandbox_once = lru_cache(maxsize=8)(open_sandbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Objects given to ``create_codesteer``; each wins over the name in the context."""

    task_model: Model | None = None
    guide: Guide | None = None
    checker_model: Model | None = None
    sandbox: Sandbox | None = None
    checkers: tuple[str, ...] = ()
    """The names of the checkers that the user added."""
    policy: Policy | None = None
    """What the contexts of runs may hold; None: whatever a context can hold."""

    async def admit(self, context: Context) -> Context:
        """Hold a context against the policy, and look up where its endpoints lead.

        Raises:
            ConfigurationError: the policy forbids a value.
        """
        if self.policy is None:
            return context
        admitted = await asyncio.to_thread(admit, self.policy, context)
        for field in MODEL_FIELDS:
            name = getattr(admitted, field)
            if name is not None and self.public_only(name):
                await _require_public(field, name)
        return admitted

    def public_only(self, name: str) -> bool:
        """True for an endpoint that the policy admits on the public internet only."""
        return self.policy is not None and is_address(name) and not is_listed_endpoint(self.policy, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRuntime(Runtime[Context]):  # type: ignore[misc] # frozen as well, in a way that mypy does not see
    """LangGraph's runtime of a node, with the models, the guide and the sandbox of the run."""

    resources: Resources

    @classmethod
    def of(cls, runtime: Runtime[Context], resources: Resources) -> Self:
        """Extend a runtime; its context is taken as it is."""
        given = {field.name: getattr(runtime, field.name) for field in fields(Runtime)}
        return cls(**given, resources=resources)

    def emit(self, event: str, **details: Any) -> None:
        """Tell whoever streams the run what happens now."""
        self.stream_writer({"event": event, **details})

    async def task_model(self) -> Model:
        """Return the model that answers; raises ConfigurationError or ModelError."""
        return self.resources.task_model or await self._resolve(self.context.task_model)

    async def checker_model(self) -> Model:
        """Return the model that writes checking programs: its own, else the task model."""
        if self.resources.checker_model is not None:
            return self.resources.checker_model
        if self.context.checker_model is not None:
            return await self._resolve(self.context.checker_model)
        return await self.task_model()

    @property
    def checks(self) -> Checks:
        """Which checkers the run uses.

        The embedded model was seen not to write checks that give a verdict (0 in 32): it is asked once.
        """
        return Checks(
            code=self.context.check_code,
            answer=self.context.check_answer,
            added=self.resources.checkers,
            patience=1 if self.checker_is_embedded else UNCLEAR_CHECKS,
        )

    @property
    def checker_is_embedded(self) -> bool:
        """Whether the embedded model writes the checking programs."""
        given = self.resources.checker_model
        if given is None and self.context.checker_model is None:
            return self.resources.task_model is None and self.context.task_model == EMBEDDED_NAME
        return given is None and self.context.checker_model == EMBEDDED_NAME

    async def guide(self) -> Guide:
        """Return the guide; raises ConfigurationError or ModelError."""
        if self.resources.guide is not None:
            return self.resources.guide
        name, seed = self.context.guide, self.context.seed
        if name == RulesGuide.name:
            return RulesGuide()
        public_only = self.resources.public_only(name)
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

    async def most_candidates(self, turns_left: int) -> tuple[int, str]:
        """Return how many candidates a decision may ask for, and what bounds them."""
        if "guidance" in self.context.review:
            return 1, "a person reviews the guidance"
        model, sandbox = await self.task_model(), await self.sandbox()
        slots = getattr(unwrap(model), "slots", None)
        concurrency = (await asyncio.to_thread(sandbox.describe)).concurrency
        bounds = [
            (self.context.candidates, "the run allows no more"),
            (max(1, turns_left), "no more turns are left"),
        ]
        bounds += [(slots, "the model serves no more at once")] if slots else []
        bounds += [(concurrency, "the sandbox runs no more at once")] if concurrency else []
        return min(bounds, key=lambda bound: bound[0])

    async def _resolve(self, name: str) -> Model:
        public_only = self.resources.public_only(name)
        # Importing a provider's package and loading a local model block for seconds.
        return await asyncio.to_thread(
            partial(resolve_model, name, self.context.seed, public_only=public_only)
        )


async def _require_public(field: str, name: str) -> None:
    try:
        await resolve_public_ip(parse_model_url(name)[0])
    except ModelUnavailableError:
        return  # whoever asks the endpoint will hear of it
    except ModelRefusedError as error:
        raise ConfigurationError(f"{field}: {error}") from error
