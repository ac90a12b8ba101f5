"""The choices of a guide that classifies: a fixed set of decisions, with guidance from the rules' templates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from codesteer.guides import rules
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.models.usage import Usage
from codesteer.prompts.loader import render


class Choice(StrEnum):
    """What happens next, without its wording."""

    CODE = "code"
    TEXT = "text"
    CODE_AFRESH = "code_afresh"
    """A program by a task model that does not see its earlier attempts."""
    TEXT_AFRESH = "text_afresh"
    IMPROVE = "improve"
    RETURN = "return"
    TERMINATE = "terminate"


LABELS = tuple(choice.value for choice in Choice)
"""The classes of a classifier, in the order of its outputs."""
FIRST_CHOICES = (Choice.CODE, Choice.TEXT)
"""What is possible before the first attempt."""
AFRESH: Mapping[Choice, Action] = {Choice.CODE_AFRESH: Action.CODE, Choice.TEXT_AFRESH: Action.TEXT}
TEMPLATES: Mapping[Choice, str] = {
    Choice.CODE: "rules/to_code",
    Choice.CODE_AFRESH: "rules/second",
    Choice.TEXT: "sampling/to_text",
    Choice.TEXT_AFRESH: "sampling/to_text",
    Choice.IMPROVE: "rules/second",
}
"""Guidance where the rules would have decided something else."""


def choice_of(action: Action, *, start_over: bool) -> Choice:
    """Return the choice behind a decision."""
    afresh = (choice for choice, of in AFRESH.items() if start_over and of is action)
    return next(afresh, Choice(action.value))


def possible_choices(attempts: Sequence[Attempt]) -> Sequence[Choice]:
    """Return the choices that make sense: there is nothing to return without an answer."""
    if not attempts:
        return FIRST_CHOICES
    answered = any(attempt.answer is not None for attempt in attempts)
    return [choice for choice in Choice if answered or choice is not Choice.RETURN]


def decide_as(choice: Choice, guide_input: GuideInput, name: str, usage: Usage) -> Decision:
    """Word a choice as a decision: as the rules do if they choose the same mode, else by a template.

    Args:
        choice: one of the possible choices.
        guide_input: what it is based on.
        name: the guide's name.
        usage: what choosing took.
    """
    advised = rules.decide(guide_input)
    action = AFRESH.get(choice) or Action(choice.value)
    last = guide_input.attempts[-1].mode if guide_input.attempts else Mode.TEXT
    mode = {Action.CODE: Mode.CODE, Action.TEXT: Mode.TEXT}.get(action, last)
    if choice is choice_of(advised.action, start_over=advised.start_over):
        return replace(advised, guide=name, usage=usage)
    apt = action.continues and advised.action.continues and advised.mode is mode
    guidance = advised.guidance if apt else _template_text(choice, guide_input)
    independent = apt and action is not Action.IMPROVE
    return Decision(
        action=action,
        mode=mode,
        guidance=guidance,
        start_over=choice in AFRESH,
        candidates=advised.candidates if independent else 1,
        reason=f"scored highest: {choice.replace('_', ' ')}",
        guide=name,
        usage=usage,
    )


def _template_text(choice: Choice, guide_input: GuideInput) -> str:
    """Return the template's guidance; a first attempt and an end need none."""
    return render(TEMPLATES[choice]) if guide_input.attempts and choice in TEMPLATES else ""
