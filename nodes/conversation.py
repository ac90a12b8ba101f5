"""The task model's side of a run as messages, and how it is told to answer."""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage

from codesteer.guides.decision import Attempt, Decision, Mode
from codesteer.guides.evidence import describe_execution
from codesteer.prompts.loader import render


def conversation(
    before: Sequence[AnyMessage],
    question: str,
    attempts: Sequence[Attempt],
    decision: Decision,
    packages: Sequence[str] = (),
) -> list[BaseMessage]:
    """Return the task model's side of the run as messages.

    From turn to turn it only grows at the end, so that prompt caches hit, until a decision starts over.

    Args:
        before: the conversation before the question.
        question: the question's text.
        attempts: what was tried so far.
        decision: what is to be done next.
        packages: third-party packages that programs may import.
    """
    attempts = since_fresh_start(attempts, decision)
    decisions = [*(attempt.decision for attempt in attempts), decision]
    opening = render("task/first", question=question, guidance=_instruction(decisions, 0, packages))
    messages: list[BaseMessage] = [*before, HumanMessage(opening)]
    for index, attempt in enumerate(attempts, 1):
        messages.append(AIMessage(attempt.reply))
        evidence, guidance = _evidence(attempt), _instruction(decisions, index, packages)
        messages.append(HumanMessage(render("task/next", evidence=evidence, guidance=guidance)))
    return messages


def since_fresh_start(attempts: Sequence[Attempt], decision: Decision) -> Sequence[Attempt]:
    """Return the attempts that the task model is to see: those since it last started over."""
    if decision.start_over:
        return ()
    fresh = [index for index, attempt in enumerate(attempts) if attempt.decision.start_over]
    return attempts[fresh[-1] :] if fresh else attempts


def how_to_answer(mode: Mode, packages: Sequence[str] = ()) -> str:
    """Return what the task model is told about its reply where the mode is new.

    Args:
        mode: text or a program.
        packages: third-party packages that programs may import.
    """
    packages = packages if mode is Mode.CODE else ()
    return "\n".join(filter(None, [render(f"task/{mode}"), package_line(packages)]))


def package_line(packages: Sequence[str]) -> str:
    """Say which packages a program may import; empty where there are none."""
    return render("task/packages", packages=", ".join(packages)) if packages else ""


def _instruction(decisions: Sequence[Decision], index: int, packages: Sequence[str]) -> str:
    """Return the guidance and how to reply; the long form only where the mode is new."""
    decision = decisions[index]
    known = index > 0 and decisions[index - 1].mode is decision.mode
    how = render(f"task/{decision.mode}_again") if known else how_to_answer(decision.mode, packages)
    return "\n".join(filter(None, [decision.guidance, how]))


def _evidence(attempt: Attempt) -> str:
    if attempt.execution is not None:
        return describe_execution(attempt.execution)
    return "The program was not run." if attempt.program is not None else ""
