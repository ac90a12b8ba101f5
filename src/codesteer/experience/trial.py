"""Run remembered programs on questions whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from codesteer.checkers.answer_form import same_answer
from codesteer.checkers.question_choices import as_choice
from codesteer.replies.answers import output_answer
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.variables import define_variables

TRIAL_LIMITS = Limits(wall_seconds=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedQuestion:
    """A question with an answer that is known to be right, or was verified."""

    question: str
    answer: str


class Judge(Protocol):
    """Tells whether an answer is right; verifiers of tasks with several right answers are judges of their own."""

    def __call__(self, solved: SolvedQuestion, answer: str) -> bool:
        """Return whether an answer is right for a solved question."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a program did on a solved question."""

    solved: SolvedQuestion
    answer: str | None
    right: bool
    execution: ExecutionResult

    @property
    def failure(self) -> str:
        """What went wrong, in one line; empty if the answer is right."""
        if self.right:
            return ""
        if self.answer is not None:
            return f"it printed {self.answer[:200]!r}; a right answer is {self.solved.answer[:200]!r}"
        lines = self.execution.stderr.strip().splitlines()
        return lines[-1][:300] if lines else f"it printed no answer ({self.execution.status})"


def says_the_same(solved: SolvedQuestion, answer: str) -> bool:
    """Compare an answer with the known one; the judge where nothing better is known."""
    return same_answer(answer, solved.answer)


async def try_program(
    program: str, solved: SolvedQuestion, sandbox: Sandbox, judge: Judge, limits: Limits = TRIAL_LIMITS
) -> Trial:
    """Run a program on a solved question; raises SandboxError if the sandbox itself fails."""
    complete = define_variables(program, {}, QUESTION=solved.question)
    execution = await sandbox.run(complete, limits)
    printed = output_answer(execution.stdout) if execution.status is ExecutionStatus.OK else None
    answer = None if printed is None else as_choice(solved.question, printed)
    right = answer is not None and judge(solved, answer)
    return Trial(solved=solved, answer=answer, right=right, execution=execution)


async def try_on_all(
    program: str, questions: Sequence[SolvedQuestion], sandbox: Sandbox, judge: Judge
) -> list[Trial]:
    """Run a program on several solved questions, one after another; raises SandboxError as ``try_program`` does."""
    return [await try_program(program, solved, sandbox, judge) for solved in questions]
