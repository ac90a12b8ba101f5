"""Who proposes decisions while trajectories are sampled: rules, fixed choices, models in several moods."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import parse_qsl

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codesteer.errors import ConfigurationError
from codesteer.guides.chat_model import NATIVE, ChatModelGuide
from codesteer.guides.decision import Action, Decision, Guide, Mode, Situation
from codesteer.guides.dialect import Dialect
from codesteer.guides.rules import RulesGuide
from codesteer.prompts.loader import render
from codesteer.training.faults import first_fault

FIXED = {"code": Action.CODE, "text": Action.TEXT, "return": Action.RETURN}


class Proposer(Protocol):
    """Proposes decisions at one point of a run."""

    @property
    def name(self) -> str:
        """Recorded with what it proposes."""
        ...

    async def propose(self, situation: Situation) -> Sequence[Decision]:
        """Return decisions, none if it has nothing to say here; raises ModelError."""
        ...


@dataclass(frozen=True, slots=True)
class FixedProposer:
    """Always the same choice, where it makes sense: the counterpart that no guide would have proposed."""

    name: str

    async def propose(self, situation: Situation) -> Sequence[Decision]:
        """Propose the choice; not what was done last, nor returning what is not there."""
        action = FIXED[self.name]
        last = situation.attempts[-1] if situation.attempts else None
        if action is Action.RETURN:
            possible = any(attempt.answer is not None for attempt in situation.attempts)
        else:
            possible = last is None or last.mode.value != action.value
        return [_fixed(action, last is None, self.name)] if possible else []


@dataclass(frozen=True, slots=True)
class GuideProposer:
    """A guide, asked as often as there are moods of it."""

    name: str
    guides: tuple[Guide, ...]

    async def propose(self, situation: Situation) -> Sequence[Decision]:
        """Ask each mood once, one after the other: they often share one local model."""
        return [await guide.decide(situation) for guide in self.guides]


def open_proposer(name: str, seed: int | None = None) -> Proposer:
    """Return the proposer that a name stands for.

    ``code``, ``text`` and ``return`` are fixed choices; everything else is a guide, a model with options behind a
    question mark: ``local?temperature=0.8&style=sceptical&samples=2``.

    Raises:
        ConfigurationError: an unknown name, option or style.
    """
    if name in FIXED:
        return FixedProposer(name)
    base, _, options = name.partition("?")
    if base == RulesGuide.name:
        return GuideProposer(name, (RulesGuide(),))
    mood = _read_mood(name, options)
    return GuideProposer(name, tuple(_open_guide(base, mood, seed, number) for number in range(mood.samples)))


class Mood(BaseModel):
    """How a model is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float | None = Field(default=None, ge=0)
    style: Literal["plain", "sceptical", "concrete", "brief", "contrary"] = "plain"
    samples: int = Field(default=1, ge=1, le=16)


def _read_mood(name: str, text: str) -> Mood:
    try:
        return Mood.model_validate(dict(parse_qsl(text, strict_parsing=bool(text))))
    except ValidationError as error:
        raise ConfigurationError(f"guide {name!r}: {first_fault(error)}") from error
    except ValueError as error:
        raise ConfigurationError(f"guide {name!r}: write options as name=value, joined by &") from error


def _open_guide(base: str, mood: Mood, seed: int | None, number: int) -> Guide:
    from codesteer.models.resolve import resolve_model

    model = resolve_model(base, None if seed is None else seed + number)
    if mood.temperature is not None:
        model = _warmer(model, base, mood.temperature)
    return ChatModelGuide(model, base, styled(mood.style))


def _warmer(model: BaseChatModel, name: str, temperature: float) -> BaseChatModel:
    if "temperature" not in type(model).model_fields:
        raise ConfigurationError(f"{name} takes no temperature; leave the option out")
    return model.model_copy(update={"temperature": temperature})


def styled(style: str) -> Dialect:
    """Our dialect with a style added to the system message.

    What is kept of the conversation is the plain one: a guide is trained to act in that style unasked.
    """
    if style == "plain":
        return NATIVE
    addition = render(f"sampling/{style}")

    def conversation(situation: Situation) -> list[BaseMessage]:
        system, *rest = NATIVE.conversation(situation)
        return [SystemMessage(f"{system.text}\n{addition}"), *rest]

    return Dialect(name=style, conversation=conversation, read=NATIVE.read, structured=NATIVE.structured)


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
