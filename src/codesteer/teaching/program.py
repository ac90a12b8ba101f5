"""Add a program that a person wrote."""

from collections.abc import Sequence

from codesteer.checkers.code_report import Finding
from codesteer.checkers.program_source import parse_program
from codesteer.errors import ConfigurationError
from codesteer.experience.learning import Lesson, Solution, learn
from codesteer.experience.library import Library
from codesteer.experience.record import MAX_TEXT, MIN_SKILL_QUESTIONS, reads_question, without_copied_question
from codesteer.experience.trial import SolvedQuestion, try_on_all
from codesteer.sandboxes.port import Sandbox
from codesteer.teaching.questions import SHOWN, Lessons


async def add_verified(program: str, lessons: Lessons, library: Library, sandbox: Sandbox) -> int:
    """Add a program to a library, and return on how many questions it was verified.

    Raises:
        ConfigurationError: it cannot be parsed, does not read its question or answers one wrongly, it or a question is
            longer than what is remembered, or there are fewer than two questions.
        StoreError: the store failed.
        SandboxError: the sandbox failed.
    """
    if isinstance(fault := parse_program(program), Finding):
        raise ConfigurationError(f"the program cannot be used: {fault.message}")
    program = without_copied_question(program)
    if not reads_question(program):
        raise ConfigurationError(
            "the program does not read the variable QUESTION, or assigns it; see docs/experience.md"
        )
    solved = [
        SolvedQuestion(question=one.question, answer=one.answer)
        for one in lessons.questions
        if one.answer is not None
    ]
    if len(solved) < MIN_SKILL_QUESTIONS:
        raise ConfigurationError(
            f"{len(solved)} questions have an answer; at least {MIN_SKILL_QUESTIONS} different ones are needed"
        )
    solution = Solution(mode="code", program=program)
    taught = [Lesson(solved=one, source="person", solution=solution, judge=lessons.judge) for one in solved]
    _require_short(taught)
    trials = await try_on_all(program, solved, sandbox, lessons.judge)
    if failed := next((trial for trial in trials if not trial.right), None):
        raise ConfigurationError(f"the program fails on {_shown(failed.solved)!r}: {failed.failure}")
    for lesson in taught:
        await learn(lesson, library, sandbox)
    return len(taught)


def _require_short(taught: Sequence[Lesson]) -> None:
    """Raise ConfigurationError if one of the lessons would not be remembered."""
    if long := next((lesson for lesson in taught if lesson.is_too_long), None):
        raise ConfigurationError(
            f"the question {_shown(long.solved)!r}, its answer or the program is too long: at most {MAX_TEXT:,} "
            "characters of each are remembered; shorten or remove it"
        )


def _shown(solved: SolvedQuestion) -> str:
    return solved.question.strip().splitlines()[0][:SHOWN]
