"""Add a program that a person wrote."""

from codesteer.errors import ConfigurationError
from codesteer.experience.learning import Lesson, Solution, learn
from codesteer.experience.library import Library
from codesteer.experience.record import MIN_SKILL_QUESTIONS, reads_question, without_copied_question
from codesteer.experience.trial import SolvedQuestion, try_on_all
from codesteer.sandboxes.port import Sandbox
from codesteer.teaching.questions import Lessons


async def add_verified(program: str, lessons: Lessons, library: Library, sandbox: Sandbox) -> int:
    """Add a program to a library, and return on how many questions it was verified.

    Raises:
        ConfigurationError: it does not read its question, answers one wrongly, or there are fewer than two questions.
        StoreError: the store failed.
        SandboxError: the sandbox failed.
    """
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
    trials = await try_on_all(program, solved, sandbox, lessons.judge)
    if failed := next((trial for trial in trials if not trial.right), None):
        first_line = failed.solved.question.splitlines()[0][:80]
        raise ConfigurationError(f"the program fails on {first_line!r}: {failed.failure}")
    solution = Solution(mode="code", program=program)
    for one in solved:
        lesson = Lesson(solved=one, source="person", solution=solution, judge=lessons.judge)
        await learn(lesson, library, sandbox)
    return len(solved)
