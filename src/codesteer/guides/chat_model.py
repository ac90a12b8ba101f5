"""A guide that is a chat model: reads the evidence, answers with a decision as JSON."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from codesteer.errors import ModelRefusedError
from codesteer.guides import rules
from codesteer.guides.decision import Action, Attempt, Decision, Mode, Situation
from codesteer.guides.dialect import Dialect
from codesteer.guides.evidence import describe
from codesteer.guides.history import describe_history
from codesteer.guides.parsing import Choice, read_choice
from codesteer.models.asking import Model, ask, model_error, usage_of
from codesteer.models.usage import Usage
from codesteer.prompts.loader import render


class DecisionForm(BaseModel):
    """What happens next."""

    action: Literal["code", "text", "improve", "return", "terminate"] = Field(description="what happens next")
    start_over: bool = Field(
        default=False, description="true: the worker no longer sees its earlier attempts"
    )
    guidance: str = Field(default="", description="what the worker is told; empty for return and terminate")
    reason: str = Field(default="", description="why, in one sentence")


class OpeningForm(DecisionForm):
    """How the worker starts: before the first attempt there is nothing to improve, return or give up."""

    action: Literal["code", "text"] = Field(description="how the worker starts")


class ChatModelGuide:
    """Steers with a chat model, by structured output where the model has it, else by reading its text.

    A reply without a readable decision is answered by the rules guide; the decision says so.
    """

    def __init__(self, model: Model, name: str, dialect: Dialect | None = None) -> None:
        self.name = name
        self._model = model
        self._dialect = dialect or NATIVE
        self._forms = _forms(model) if self._dialect.structured else None

    async def decide(self, situation: Situation) -> Decision:
        """Ask the model; raises ModelError if it cannot be asked."""
        choice, usage = await self._choose(situation)
        if choice is None or not _makes_sense(choice, situation.attempts):
            return _fall_back(situation, self.name, usage)
        return _decision(choice, situation.attempts, self.name, usage)

    async def _choose(self, situation: Situation) -> tuple[Choice | None, Usage]:
        messages = self._dialect.conversation(situation)
        if self._forms is not None:
            try:
                return await _fill(self._forms.later if situation.attempts else self._forms.opening, messages)
            except ModelRefusedError:
                # Endpoints without structured output refuse the request; the same model may still write JSON.
                self._forms = None
        completion = await ask(self._model, messages)
        return self._dialect.read(completion.text, situation), completion.usage


@dataclass(frozen=True, slots=True)
class _Forms:
    """A model bound to either form."""

    opening: Any
    later: Any


def _forms(model: Model) -> _Forms | None:
    try:
        bind = cast(Any, model).with_structured_output
        return _Forms(bind(OpeningForm, include_raw=True), bind(DecisionForm, include_raw=True))
    except (NotImplementedError, AttributeError, ValueError):
        return None


async def _fill(form: Any, messages: list[BaseMessage]) -> tuple[Choice | None, Usage]:
    start = time.perf_counter()
    try:
        filled = await form.ainvoke(messages)
    except Exception as error:
        # Provider packages share no base class; what is no endpoint's failure is raised again as it is.
        raise model_error(error) or error from error
    parsed, raw = filled["parsed"], filled["raw"]
    usage = usage_of(raw, time.perf_counter() - start)
    if isinstance(parsed, DecisionForm):
        action, guidance, reason = Action(parsed.action), parsed.guidance.strip(), parsed.reason.strip()
        return Choice(action, guidance, reason, start_over=parsed.start_over), usage
    return read_choice(raw.text), usage


def conversation(situation: Situation) -> list[BaseMessage]:
    """Return the guide's side of the run as messages; from turn to turn it only grows at the end."""
    messages: list[BaseMessage] = [
        SystemMessage(situation.instructions or render("guide/system")),
        HumanMessage(_first(situation)),
    ]
    total = situation.turns_left + len(situation.attempts)
    for number, attempt in enumerate(situation.attempts, 1):
        messages.append(AIMessage(decision_text(attempt.decision)))
        left = total - number
        messages.append(HumanMessage(render("guide/next", evidence=describe(attempt), turns_left=left)))
    return messages


def _first(situation: Situation) -> str:
    return render("guide/first", history=describe_history(situation.history), question=situation.question)


def decision_text(decision: Decision) -> str:
    """Write a decision as the guide's model would have: the JSON object that it is asked for."""
    return DecisionForm(
        action=decision.action.value,
        start_over=decision.start_over,
        guidance=decision.guidance,
        reason=decision.reason,
    ).model_dump_json()


NATIVE = Dialect(
    name="codesteer",
    conversation=conversation,
    read=lambda text, _: read_choice(text),
    structured=True,
)
"""The format of the prompts in ``prompts/guide``: decisions as JSON objects."""


def _makes_sense(choice: Choice, attempts: Sequence[Attempt]) -> bool:
    """A guide can neither improve nor return what is not there."""
    return bool(attempts) or choice.action in (Action.TEXT, Action.CODE)


def _decision(choice: Choice, attempts: Sequence[Attempt], name: str, usage: Usage) -> Decision:
    modes = {Action.TEXT: Mode.TEXT, Action.CODE: Mode.CODE}
    last = attempts[-1].mode if attempts else Mode.TEXT
    return Decision(
        action=choice.action,
        mode=modes.get(choice.action, last),
        guidance=choice.guidance if choice.action.goes_on else "",
        start_over=choice.start_over and bool(attempts) and choice.action in modes,
        reason=choice.reason,
        guide=name,
        usage=usage,
    )


def _fall_back(situation: Situation, name: str, usage: Usage) -> Decision:
    ruled = rules.decide(situation)
    return Decision(
        action=ruled.action,
        mode=ruled.mode,
        guidance=ruled.guidance,
        reason=ruled.reason,
        guide=ruled.guide,
        fallback=f"{name} gave no readable decision",
        usage=usage,
    )
