"""A guide that is a chat model: it reads the evidence and replies with a decision as JSON."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from codesteer.guides import rules
from codesteer.guides.attempt import Attempt, waves
from codesteer.guides.choices import choice_of, possible_choices
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.evidence import describe_wave
from codesteer.guides.history import describe_history
from codesteer.guides.parsing import ParsedDecision, parse_decision
from codesteer.guides.port import GuideInput
from codesteer.guides.prompt_format import PromptFormat
from codesteer.guides.recalled import describe_experience
from codesteer.models.completion import Completion, Model, ask
from codesteer.models.request_adaptation import with_max_tokens
from codesteer.models.usage import Usage
from codesteer.prompts.loader import render

RETRY_TOKEN_FACTOR, MIN_REPLY_TOKENS = 4, 512
"""A truncated decision is retried with this many times its tokens, of which at least the minimum is assumed."""


class DecisionSchema(BaseModel):
    """What happens next."""

    action: Literal["code", "text", "improve", "return", "terminate"] = Field(description="what happens next")
    start_over: bool = Field(
        default=False, description="true: the worker no longer sees its earlier attempts"
    )
    candidates: int = Field(default=1, description="independent attempts to make side by side")
    guidance: str = Field(default="", description="what the worker is told; empty for return and terminate")
    reason: str = Field(default="", description="why, in one sentence")


class FirstDecisionSchema(DecisionSchema):
    """How the worker starts: before the first attempt there is nothing to improve, return or give up."""

    action: Literal["code", "text"] = Field(description="how the worker starts")


class ChatModelGuide:
    """Steers with a chat model, through structured output if the model supports it, else by parsing its text.

    If a reply contains no valid decision, the rules guide decides instead, and ``Decision.fallback`` says so.
    """

    def __init__(self, model: Model, name: str, prompt_format: PromptFormat | None = None) -> None:
        self.name = name
        self._model = model
        self._prompt_format = prompt_format or NATIVE_FORMAT

    @property
    def model(self) -> Model:
        """The model that steers."""
        return self._model

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Ask the model for a decision; raises ModelError if the call fails."""
        parsed, usage = await self._ask(guide_input)
        if parsed is None:
            return _decide_by_rules(guide_input, f"{self.name} gave no readable decision", usage)
        if choice_of(parsed.action, start_over=False) not in possible_choices(guide_input.attempts):
            fallback = (
                f"{self.name} chose {parsed.action.value}, and there is nothing to {parsed.action.value} yet"
            )
            return _decide_by_rules(guide_input, fallback, usage)
        return _to_decision(parsed, guide_input.attempts, self.name, usage)

    async def _ask(self, guide_input: GuideInput) -> tuple[ParsedDecision | None, Usage]:
        """Ask; retry a truncated decision once with a higher token limit."""
        messages = self._prompt_format.build_messages(guide_input)
        schema = DecisionSchema if guide_input.attempts else FirstDecisionSchema
        structured = schema if self._prompt_format.structured_output else None
        reply = await ask(self._model, messages, structured)
        parsed, usage = self._parse(reply, guide_input), reply.usage
        if (
            parsed is None
            and reply.truncated
            and (larger := with_max_tokens(self._model, _retry_tokens(reply))) is not None
        ):
            reply = await ask(larger, messages, structured)
            parsed, usage = self._parse(reply, guide_input), usage + reply.usage
        return parsed, usage

    def _parse(self, reply: Completion, guide_input: GuideInput) -> ParsedDecision | None:
        form = reply.parsed
        if isinstance(form, DecisionSchema):
            action, guidance, reason = Action(form.action), form.guidance.strip(), form.reason.strip()
            return ParsedDecision(
                action, guidance, reason, start_over=form.start_over, candidates=max(1, form.candidates)
            )
        return self._prompt_format.parse_reply(reply.text, guide_input, reply.incomplete)


def _retry_tokens(reply: Completion) -> int:
    return RETRY_TOKEN_FACTOR * max(reply.usage.output_tokens, MIN_REPLY_TOKENS)


def guide_messages(guide_input: GuideInput) -> list[BaseMessage]:
    """Build the guide's conversation; it only grows at the end from turn to turn."""
    messages: list[BaseMessage] = [
        SystemMessage(guide_input.instructions or render("guide/system")),
        HumanMessage(_first_message(guide_input)),
    ]
    left = guide_input.turns_left + len(guide_input.attempts)
    for wave in waves(guide_input.attempts):
        messages.append(AIMessage(decision_text(wave[0].decision)))
        left -= len(wave)
        messages.append(HumanMessage(render("guide/next", evidence=describe_wave(wave), turns_left=left)))
    return messages


def _first_message(guide_input: GuideInput) -> str:
    known = [describe_history(guide_input.history), describe_experience(guide_input)]
    return render("guide/first", history="\n\n".join(filter(None, known)), question=guide_input.question)


def decision_text(decision: Decision) -> str:
    """Write a decision as the guide's model would: as the JSON object that the prompt asks for."""
    return DecisionSchema(
        action=decision.action.value,
        start_over=decision.start_over,
        candidates=decision.candidates,
        guidance=decision.guidance,
        reason=decision.reason,
    ).model_dump_json()


NATIVE_FORMAT = PromptFormat(
    name="codesteer",
    build_messages=guide_messages,
    parse_reply=lambda text, _, truncated: parse_decision(text, truncated=truncated),
    structured_output=True,
)
"""The format of the prompts in ``prompts/guide``: decisions are JSON objects."""


def _to_decision(parsed: ParsedDecision, attempts: Sequence[Attempt], name: str, usage: Usage) -> Decision:
    modes = {Action.TEXT: Mode.TEXT, Action.CODE: Mode.CODE}
    last = attempts[-1].mode if attempts else Mode.TEXT
    return Decision(
        action=parsed.action,
        mode=modes.get(parsed.action, last),
        guidance=parsed.guidance if parsed.action.continues else "",
        start_over=parsed.start_over and bool(attempts) and parsed.action in modes,
        candidates=parsed.candidates if parsed.action in modes else 1,
        reason=parsed.reason,
        guide=name,
        usage=usage,
    )


def _decide_by_rules(guide_input: GuideInput, fallback: str, usage: Usage) -> Decision:
    return replace(rules.decide(guide_input), fallback=fallback, usage=usage)
