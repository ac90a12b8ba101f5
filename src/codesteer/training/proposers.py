"""Proposers of decisions for sampling trajectories: rules, fixed choices, models with sampling options."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol
from urllib.parse import parse_qsl

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codesteer.errors import ConfigurationError, first_error
from codesteer.guides.chat_model import NATIVE_FORMAT, ChatModelGuide
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import Guide, GuideInput
from codesteer.guides.prompt_format import PromptFormat
from codesteer.guides.rules import RulesGuide
from codesteer.prompts.loader import render

FIXED = {"code": Action.CODE, "text": Action.TEXT, "return": Action.RETURN}


class Proposer(Protocol):
    """Proposes decisions at one point of a run."""

    @property
    def name(self) -> str:
        """Name recorded with the proposals."""
        ...

    async def propose(self, guide_input: GuideInput) -> Sequence[Decision]:
        """Return zero or more decisions; raise ModelError if a model fails."""
        ...


@dataclass(frozen=True, slots=True)
class FixedProposer:
    """Propose a fixed choice where it makes sense: the alternative that no guide would have proposed."""

    name: str

    async def propose(self, guide_input: GuideInput) -> Sequence[Decision]:
        """Propose the choice unless it repeats the last one or returns an answer that does not exist."""
        action = FIXED[self.name]
        last = guide_input.attempts[-1] if guide_input.attempts else None
        if action is Action.RETURN:
            possible = any(attempt.answer is not None for attempt in guide_input.attempts)
        else:
            possible = last is None or last.mode.value != action.value
        return [_fixed(action, last is None, self.name)] if possible else []


@dataclass(frozen=True, slots=True)
class GuideProposer:
    """Ask a guide once per sample."""

    name: str
    guides: tuple[Guide, ...]

    async def propose(self, guide_input: GuideInput) -> Sequence[Decision]:
        """Ask the guides one after the other: they often share one local model."""
        return [await guide.decide(guide_input) for guide in self.guides]


def open_proposer(name: str, seed: int | None = None) -> Proposer:
    """Open the proposer with this name.

    ``code``, ``text`` and ``return`` are fixed choices, ``rules`` is the rules guide; any other name is a model, with
    options after a question mark: ``local?temperature=0.8&style=sceptical&samples=2``.

    Raises:
        ConfigurationError: an unknown name, option or style.
    """
    if name in FIXED:
        return FixedProposer(name)
    base, _, options = name.partition("?")
    if base == RulesGuide.name:
        return GuideProposer(name, (RulesGuide(),))
    parsed = _parse_options(name, options)
    return GuideProposer(name, tuple(_open_guide(base, parsed, seed, i) for i in range(parsed.samples)))


class GuideOptions(BaseModel):
    """Sampling options of a guide model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float | None = Field(default=None, ge=0)
    style: Literal["plain", "sceptical", "concrete", "brief", "contrary"] = "plain"
    samples: int = Field(default=1, ge=1, le=16)


def _parse_options(name: str, text: str) -> GuideOptions:
    try:
        return GuideOptions.model_validate(dict(parse_qsl(text, strict_parsing=bool(text))))
    except ValidationError as error:
        raise ConfigurationError(f"guide {name!r}: {first_error(error)}") from error
    except ValueError as error:
        raise ConfigurationError(f"guide {name!r}: write options as name=value, separated by &") from error


def _open_guide(base: str, options: GuideOptions, seed: int | None, number: int) -> Guide:
    from codesteer.models.resolve import resolve_model

    model = resolve_model(base, None if seed is None else seed + number)
    if options.temperature is not None:
        model = _with_temperature(model, base, options.temperature)
    return ChatModelGuide(model, base, styled_prompt_format(options.style))


def _with_temperature(model: BaseChatModel, name: str, temperature: float) -> BaseChatModel:
    if "temperature" not in type(model).model_fields:
        raise ConfigurationError(f"{name} does not support a temperature; remove the option")
    return model.model_copy(update={"temperature": temperature})


def styled_prompt_format(style: str) -> PromptFormat:
    """Return our prompt format with a style added to the system message.

    The stored conversation omits the style, so that a guide learns to act that way without being asked.
    """
    if style == "plain":
        return NATIVE_FORMAT
    addition = render(f"sampling/{style}")

    def build_messages(guide_input: GuideInput) -> list[BaseMessage]:
        system, *rest = NATIVE_FORMAT.build_messages(guide_input)
        return [SystemMessage(f"{system.text}\n{addition}"), *rest]

    return replace(NATIVE_FORMAT, name=style, build_messages=build_messages)


def _fixed(action: Action, first: bool, name: str) -> Decision:
    advice = {Action.CODE: "rules/to_code", Action.TEXT: "sampling/to_text"}
    guidance = "" if first or action is Action.RETURN else render(advice[action])
    reasons = {
        Action.CODE: "a program can compute this",
        Action.TEXT: "reasoning in words can answer this",
        Action.RETURN: "the last answer is good enough",
    }
    mode = Mode.CODE if action is Action.CODE else Mode.TEXT
    return Decision(action=action, mode=mode, guidance=guidance, reason=reasons[action], guide=name)
