"""Build the task model's conversation and its instructions for answering."""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage

from codesteer.experience.recall import RecalledExample
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Decision, Mode
from codesteer.guides.delimiters import Delimiter
from codesteer.guides.evidence import describe_execution
from codesteer.prompts.loader import render


def task_messages(
    before: Sequence[AnyMessage],
    question: str,
    attempts: Sequence[Attempt],
    decision: Decision,
    packages: Sequence[str] = (),
    example: RecalledExample | None = None,
) -> list[BaseMessage]:
    """Build the task model's conversation.

    It only grows at the end from turn to turn, so that prompt caches hit, until a decision starts over.

    Args:
        before: the conversation before the question.
        question: the question's text.
        attempts: the attempts so far.
        decision: the decision to carry out.
        packages: third-party packages that programs may import.
        example: a similar question with the program that answered it, for a first message that asks for a program.
    """
    attempts = visible_attempts(attempts, decision)
    decisions = [*(attempt.decision for attempt in attempts), decision]
    guidance = _guidance(decisions, 0, packages)
    if example is not None and decisions[0].mode is Mode.CODE:
        guidance = f"{_shown_example(example)}\n\n{guidance}"
    opening = render("task/first", question=question, guidance=guidance)
    messages: list[BaseMessage] = [*before, HumanMessage(opening)]
    for index, attempt in enumerate(attempts, 1):
        messages.append(AIMessage(attempt.reply))
        evidence, guidance = _feedback(attempt), _guidance(decisions, index, packages)
        messages.append(HumanMessage(render("task/next", evidence=evidence, guidance=guidance)))
    return messages


def _shown_example(example: RecalledExample) -> str:
    """Return the example between tags that it cannot contain: another person may have asked its question."""
    delimiter = Delimiter.for_texts((example.question, example.program))
    question = delimiter.wrap("question", example.question)
    program = delimiter.wrap("program", example.program)
    return render("task/example", question=question, program=program, tag=delimiter.suffix)


def visible_attempts(attempts: Sequence[Attempt], decision: Decision) -> Sequence[Attempt]:
    """Return the attempts that the task model sees: those since it last started over."""
    if decision.start_over:
        return ()
    fresh = [index for index, attempt in enumerate(attempts) if attempt.decision.start_over]
    return attempts[fresh[-1] :] if fresh else attempts


def answer_instructions(mode: Mode, packages: Sequence[str] = ()) -> str:
    """Return the full instructions for answering in a mode.

    Args:
        mode: text or code.
        packages: third-party packages that programs may import.
    """
    packages = packages if mode is Mode.CODE else ()
    return "\n".join(filter(None, [render(f"task/{mode}"), package_instructions(packages)]))


def package_instructions(packages: Sequence[str]) -> str:
    """Say which packages a program may import; empty if there are none."""
    return render("task/packages", packages=", ".join(packages)) if packages else ""


def _guidance(decisions: Sequence[Decision], index: int, packages: Sequence[str]) -> str:
    """Return the guidance and the instructions for answering, which are short if the mode has not changed."""
    decision = decisions[index]
    known = index > 0 and decisions[index - 1].mode is decision.mode
    instructions = (
        render(f"task/{decision.mode}_again") if known else answer_instructions(decision.mode, packages)
    )
    return "\n".join(filter(None, [decision.guidance, instructions]))


def _feedback(attempt: Attempt) -> str:
    if attempt.execution is not None:
        return describe_execution(attempt.execution)
    return "The program was not run." if attempt.program is not None else ""
