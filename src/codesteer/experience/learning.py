"""Learn from a solved question: remember what answered it, and test what is remembered on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from codesteer.experience.library import Library
from codesteer.experience.recall import find_similar
from codesteer.experience.record import (
    LABELS,
    MAX_TEXT,
    WEIGHTS,
    Evidence,
    Experience,
    Finding,
    Mode,
    Record,
    Source,
    question_key,
    reads_question,
    record_key,
    without_copied_question,
)
from codesteer.experience.trial import TRIAL_LIMITS, Judge, SolvedQuestion, says_the_same, try_program
from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.port import Sandbox

TRIED_RECORDS = 4
"""Remembered programs of the kind that are tried on a new question, and questions that a new program is tried on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What answered a question: a program, or text."""

    mode: Mode
    program: str | None = None
    guidance: str = ""
    failed_modes: tuple[Mode, ...] = ()
    model: str = ""
    prompts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A question whose answer was verified."""

    solved: SolvedQuestion
    source: Source
    solution: Solution | None = None
    """What answered it rightly; None if only remembered programs are to be tested."""
    judge: Judge = field(default=says_the_same)
    limits: Limits = TRIAL_LIMITS
    """The limits of each program that is tried."""

    @property
    def is_too_long(self) -> bool:
        """Whether a text of it is longer than what is remembered."""
        solution = self.solution or Solution(mode="text")
        texts = (self.solved.question, self.solved.answer, solution.guidance, solution.program or "")
        return any(len(text) > MAX_TEXT for text in texts)


async def learn(lesson: Lesson, library: Library, sandbox: Sandbox | None) -> tuple[str, ...]:
    """Remember a verified solution and test remembered programs of its kind; return the keys of all records touched.

    A new program that reads its question is tried on recorded questions of the kind; remembered ones are tried on this
    question. Nothing here asks a model. A question, answer or program that is too long is not remembered.

    Args:
        lesson: what was verified.
        library: where it is remembered.
        sandbox: runs the programs; None: none is tried.

    Raises:
        StoreError: the store failed.
        SandboxError: the sandbox failed.
    """
    if lesson.is_too_long:
        return ()
    known = (await find_similar(library, lesson.solved.question)).experiences
    touched = await _contradict(known, lesson, library)
    if lesson.solution is not None:
        touched.append(await _remember(lesson, lesson.solution, known, library, sandbox))
    if sandbox is not None:
        for experience in _worth_trying(known, lesson.solved.question, besides=touched):
            await library.add_evidence(experience.key, [await _retry(experience, lesson, sandbox)])
            touched.append(experience.key)
    return tuple(dict.fromkeys(touched))


async def _contradict(known: Sequence[Experience], lesson: Lesson, library: Library) -> list[str]:
    """Note which records owe a right answer to another label of this question; return their keys."""
    contradicted = [
        one.key for one in known if _is_contradicted(one.finding_on(lesson.solved.question), lesson)
    ]
    for key in contradicted:
        await library.add_evidence(key, [as_evidence(lesson.solved, "wrong", lesson.source)])
    return contradicted


def _is_contradicted(found: Evidence | None, lesson: Lesson) -> bool:
    if found is None or found.finding != "right" or not found.answer or lesson.source not in LABELS:
        return False
    return not lesson.judge(lesson.solved, found.answer)


async def _remember(
    lesson: Lesson, solution: Solution, known: Sequence[Experience], library: Library, sandbox: Sandbox | None
) -> str:
    """Add the solution's record, with what the new program shows on recorded questions of the kind."""
    if sandbox is not None and solution.program is not None:
        solution = replace(solution, program=await _reading(solution.program, lesson, sandbox))
    record = as_record(lesson.solved, solution)
    evidence = [as_evidence(lesson.solved, "right", lesson.source)]
    if sandbox is not None and solution.program is not None and reads_question(solution.program):
        evidence += await _try_on_known(solution.program, known, lesson, sandbox)
    await library.add(record, evidence)
    return record.key


async def _reading(program: str, lesson: Lesson, sandbox: Sandbox) -> str:
    """Return a program without a copy of its question, if it is right without it."""
    reading = without_copied_question(program)
    if reading == program:
        return program
    trial = await try_program(reading, lesson.solved, sandbox, lesson.judge, lesson.limits)
    return reading if trial.right else program


async def _try_on_known(
    program: str, known: Sequence[Experience], lesson: Lesson, sandbox: Sandbox
) -> list[Evidence]:
    pieces = recorded_questions(known, lesson.solved.question)[:TRIED_RECORDS]
    found = []
    for piece in pieces:
        solved = SolvedQuestion(question=piece.question or "", answer=piece.answer)
        trial = await try_program(program, solved, sandbox, lesson.judge, lesson.limits)
        # Nobody said that the questions are of one kind: only an answer that is right says so.
        if trial.right:
            found.append(as_evidence(solved, "right", piece.source))
    return found


async def _retry(experience: Experience, lesson: Lesson, sandbox: Sandbox) -> Evidence:
    """Try a remembered program on the lesson's question; a wrong answer counts where the question has its form."""
    program = experience.record.program or ""
    trial = await try_program(program, lesson.solved, sandbox, lesson.judge, lesson.limits)
    if trial.right:
        return as_evidence(lesson.solved, "right", lesson.source)
    wrong = experience.matches(lesson.solved.question)
    return as_evidence(lesson.solved, "wrong" if wrong else "unknown", lesson.source)


def _worth_trying(known: Sequence[Experience], question: str, besides: Sequence[str]) -> list[Experience]:
    """Return the programs of the kind that read their question and have no finding for this one."""
    programs = (
        experience
        for experience in known
        if experience.reads_question
        and experience.key not in besides
        and experience.finding_on(question) is None
    )
    return sorted(programs, key=lambda experience: -experience.reliability)[:TRIED_RECORDS]


def recorded_questions(known: Iterable[Experience], question: str) -> list[Evidence]:
    """Return the strongest right finding for each other question of these records, the strongest first."""
    right = [piece for experience in known for piece in experience.findings if piece.finding == "right"]
    right.sort(key=lambda piece: WEIGHTS[piece.source])
    by_question = {piece.question_key: piece for piece in right if piece.question is not None}
    by_question.pop(question_key(question), None)
    return sorted(by_question.values(), key=lambda piece: -WEIGHTS[piece.source])


def as_record(solved: SolvedQuestion, solution: Solution) -> Record:
    """Return the record of a solution."""
    return Record(
        key=record_key(solved.question, solution.program),
        mode=solution.mode,
        question=solved.question,
        answer=solved.answer,
        program=solution.program,
        guidance=solution.guidance,
        failed_modes=solution.failed_modes,
        model=solution.model,
        prompts=solution.prompts,
        created=datetime.now(UTC).date().isoformat(),
    )


def as_evidence(solved: SolvedQuestion, finding: Finding, source: Source) -> Evidence:
    """Return what a solved question showed; its text only where it showed something."""
    known = finding != "unknown"
    return Evidence(
        question_key=question_key(solved.question),
        question=solved.question if known else None,
        answer=solved.answer if known else "",
        finding=finding,
        source=source,
    )
