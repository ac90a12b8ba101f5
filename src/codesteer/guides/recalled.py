"""What a guide makes of a remembered program's answer."""

from codesteer.checkers.answer_form import fits
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.evidence import describe_attempt
from codesteer.guides.port import GuideInput
from codesteer.prompts.loader import render

EXPERIENCE = "experience"
"""Stands for the guide in decisions that follow from experience alone."""


def return_trusted(recalled: Attempt | None, question: str) -> Decision | None:
    """Return the decision to accept a remembered program's answer; None if it needs support.

    Its program must have earned trust on questions of exactly this form, and the answer must have the form that the
    question asks for.
    """
    if recalled is None or recalled.recalled is None or recalled.answer is None:
        return None
    skill = recalled.recalled
    if not skill.trusted or not fits(question, recalled.answer):
        return None
    return Decision(
        action=Action.RETURN,
        mode=Mode.CODE,
        reason=f"a remembered program answered {skill.questions} questions of this form "
        f"(reliability {skill.reliability:.2f})",
        guide=EXPERIENCE,
    )


def describe_experience(guide_input: GuideInput) -> str:
    """Tell a guide's model what earlier runs know about the question; empty if they know nothing.

    Only numbers are told of earlier questions, never their text: what a record says is no instruction to the guide.
    """
    parts = []
    if guide_input.plans:
        plans = ", ".join(f"{plan.mode} right {plan.right}, wrong {plan.wrong}" for plan in guide_input.plans)
        parts.append(render("guide/plans", plans=plans))
    recalled = guide_input.recalled
    if recalled is not None and recalled.recalled is not None:
        evidence = describe_attempt(recalled)
        parts.append(render("guide/recalled", questions=recalled.recalled.questions, evidence=evidence))
    return "\n\n".join(parts)
