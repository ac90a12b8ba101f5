"""A guide that is a chat model: reads the evidence, answers with a decision as JSON."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from codesteer.guides import rules
from codesteer.guides.decision import Action, Attempt, Decision, Mode, Situation, waves
from codesteer.guides.dialect import Dialect
from codesteer.guides.evidence import describe_wave
from codesteer.guides.history import describe_history
from codesteer.guides.parsing import Choice, read_choice
from codesteer.models.completion import Completion, Model, ask
from codesteer.models.request_adaptation import with_max_tokens
from codesteer.models.usage import Usage
from codesteer.prompts.loader import render

MORE_ROOM, LEAST_ROOM = 4, 512
"""A decision that was cut off gets so many times its tokens, or of the least that one is given."""


class DecisionForm(BaseModel):
    """What happens next."""

    action: Literal["code", "text", "improve", "return", "terminate"] = Field(description="what happens next")
    start_over: bool = Field(
        default=False, description="true: the worker no longer sees its earlier attempts"
    )
    candidates: int = Field(default=1, description="independent attempts to make side by side")
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

    @property
    def model(self) -> Model:
        """The model that steers."""
        return self._model

    async def decide(self, situation: Situation) -> Decision:
        """Ask the model; raises ModelError if it cannot be asked."""
        choice, usage = await self._choose(situation)
        if choice is None or not _makes_sense(choice, situation.attempts):
            return _fall_back(situation, self.name, usage)
        return _decision(choice, situation.attempts, self.name, usage)

    async def _choose(self, situation: Situation) -> tuple[Choice | None, Usage]:
        """Ask; a decision that was cut off is asked for once more, with more room."""
        messages = self._dialect.conversation(situation)
        form = DecisionForm if situation.attempts else OpeningForm
        asked = form if self._dialect.structured else None
        reply = await ask(self._model, messages, asked)
        choice, usage = self._read(reply, situation), reply.usage
        if (
            choice is None
            and reply.truncated
            and (with_room := with_max_tokens(self._model, _room(reply))) is not None
        ):
            reply = await ask(with_room, messages, asked)
            choice, usage = self._read(reply, situation), usage + reply.usage
        return choice, usage

    def _read(self, reply: Completion, situation: Situation) -> Choice | None:
        form = reply.parsed
        if isinstance(form, DecisionForm):
            action, guidance, reason = Action(form.action), form.guidance.strip(), form.reason.strip()
            return Choice(
                action, guidance, reason, start_over=form.start_over, candidates=max(1, form.candidates)
            )
        return self._dialect.read(reply.text, situation, reply.truncated)


def _room(reply: Completion) -> int:
    """Return the tokens that a decision gets that did not fit into what there was."""
    return MORE_ROOM * max(reply.usage.output_tokens, LEAST_ROOM)


def conversation(situation: Situation) -> list[BaseMessage]:
    """Return the guide's side of the run as messages; from turn to turn it only grows at the end."""
    messages: list[BaseMessage] = [
        SystemMessage(situation.instructions or render("guide/system")),
        HumanMessage(_first(situation)),
    ]
    left = situation.turns_left + len(situation.attempts)
    for wave in waves(situation.attempts):
        messages.append(AIMessage(decision_text(wave[0].decision)))
        left -= len(wave)
        messages.append(HumanMessage(render("guide/next", evidence=describe_wave(wave), turns_left=left)))
    return messages


def _first(situation: Situation) -> str:
    return render("guide/first", history=describe_history(situation.history), question=situation.question)


def decision_text(decision: Decision) -> str:
    """Write a decision as the guide's model would have: the JSON object that it is asked for."""
    return DecisionForm(
        action=decision.action.value,
        start_over=decision.start_over,
        candidates=decision.candidates,
        guidance=decision.guidance,
        reason=decision.reason,
    ).model_dump_json()


NATIVE = Dialect(
    name="codesteer",
    conversation=conversation,
    read=lambda text, _, cut_off: read_choice(text, cut_off=cut_off),
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
        candidates=choice.candidates if choice.action in modes else 1,
        reason=choice.reason,
        guide=name,
        usage=usage,
    )


def _fall_back(situation: Situation, name: str, usage: Usage) -> Decision:
    return replace(rules.decide(situation), fallback=f"{name} gave no readable decision", usage=usage)
