"""Have a model turn a right program into a skill: one that reads its data from the question.

A rewrite is kept only if it answers its own question and another recorded one. The embedded model is too weak for this
(docs/experiments.md), so that only a teacher is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import HumanMessage

from codesteer.experience.record import reads_question, without_copied_question
from codesteer.experience.trial import Judge, SolvedQuestion, Trial, try_on_all
from codesteer.models.completion import Model, ask
from codesteer.models.usage import Usage
from codesteer.prompts.loader import render
from codesteer.replies.programs import extract_program
from codesteer.sandboxes.port import Sandbox

MAX_REWRITES = 3
"""How often the model is asked, the last error shown each time."""
MAX_OTHERS = 4
"""Other recorded questions that a rewrite is tried on."""
SHOWN_QUESTION = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What came of asking for a skill."""

    program: str | None
    """The skill; None if no rewrite was right on its own question and another one."""
    answered: tuple[SolvedQuestion, ...] = ()
    """The questions that it answered."""
    usage: Usage


async def rewrite(
    program: str,
    own: SolvedQuestion,
    others: Sequence[SolvedQuestion],
    model: Model,
    sandbox: Sandbox,
    judge: Judge,
) -> Rewritten:
    """Ask for a program that answers every question of the kind, and test it on recorded ones.

    Args:
        program: answers its own question; may hold its data.
        own: its question.
        others: other questions of the kind with right answers, at least one.
        model: writes the rewrite.
        sandbox: runs it.
        judge: tells whether an answer is right.

    Raises:
        ModelError: the model failed.
        SandboxError: the sandbox failed.
    """
    usage, failure = Usage(), ""
    for _ in range(MAX_REWRITES):
        prompt = render(
            "experience/rewrite",
            question=own.question[:SHOWN_QUESTION],
            program=program,
            other=others[0].question[:SHOWN_QUESTION],
            failure=failure,
        )
        completion = await ask(model, [HumanMessage(prompt)])
        usage += completion.usage
        written = without_copied_question(extract_program(completion.text) or "")
        if not reads_question(written):
            failure = _describe_failure(written, "it does not read its data from QUESTION")
            continue
        trials = await try_on_all(written, [own, *others[:MAX_OTHERS]], sandbox, judge)
        answered = tuple(trial.solved for trial in trials if trial.right)
        if own in answered and len(answered) > 1:
            return Rewritten(program=written, answered=answered, usage=usage)
        failure = _describe_failure(written, _first_failure(trials))
    return Rewritten(program=None, usage=usage)


def _first_failure(trials: Sequence[Trial]) -> str:
    failed = next(trial for trial in trials if not trial.right)
    return f"on the question\n{failed.solved.question[:SHOWN_QUESTION]}\n{failed.failure}"


def _describe_failure(program: str, error: str) -> str:
    return render("experience/failure", program=program, error=error)
