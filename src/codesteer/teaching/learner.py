"""Learn from a stream of questions: try what is remembered, have a model solve the rest, remember what was right."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from langchain_core.messages import HumanMessage
from pydantic import TypeAdapter, ValidationError

from codesteer.errors import ModelError, SandboxError, first_line
from codesteer.experience.consolidation import rewrite
from codesteer.experience.learning import Lesson, Solution, learn, recorded_questions
from codesteer.experience.library import Library
from codesteer.experience.recall import find_similar
from codesteer.experience.record import Experience, question_key
from codesteer.experience.trial import SolvedQuestion
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context, settings_of
from codesteer.graph.state import Turn
from codesteer.graph.values import read_state
from codesteer.models.completion import Model
from codesteer.models.unwrapping import model_name
from codesteer.models.usage import Usage, total
from codesteer.nodes.concurrency import gather_or_cancel
from codesteer.prompts.loader import prompts_hash
from codesteer.sandboxes.port import Sandbox
from codesteer.teaching.questions import Lessons, TrainingQuestion

Status = Literal["recalled", "learnt", "skill", "unsolved", "asked", "too_long", "failed"]
"""What came of a question: a remembered program answered it; its solution is remembered, or became a skill; nobody
answered it rightly; without a known answer it was only asked, and the run itself remembered what it verified; it is
longer than what is remembered; a model or the sandbox failed, and the next command asks it again."""
MAX_CONSECUTIVE_FAILURES = 3
"""Number of consecutive failures after which the command gives up: the endpoint is then down."""
NOT_WORK = frozenset({"task_model", "sandbox", "experience"})
"""Settings that do not decide what comes of a question. Models count by their names, whatever their address is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What came of one question."""

    status: Status
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a command notes about a question that is done."""

    status: Status
    tokens: int
    work: str
    """Identifies what decided about it; see ``Learner.work``."""


NOTE = TypeAdapter(Note)


@dataclass(slots=True)
class Summary:
    """What came of all questions, those of earlier commands included."""

    statuses: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    failures: list[str] = field(default_factory=list)
    """Questions that failed, with the reason; the next run of the command asks them again."""
    failures_in_a_row: int = 0

    def add(self, step: Step | Note) -> None:
        """Count a step."""
        self.statuses[step.status] += 1
        self.tokens += step.tokens
        self.failures_in_a_row = 0

    def add_failure(self, failure: str) -> None:
        """Count a question that failed."""
        self.statuses["failed"] += 1
        self.failures.append(failure)
        self.failures_in_a_row += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Learns into a library with a graph whose task model solves what nothing remembered answers."""

    library: Library
    graph: CompiledGraph
    """Compiled with the library's store."""
    context: Context
    sandbox: Sandbox
    model: str = ""
    """The task model's name, for the records; not its address, which others may see."""
    teacher: Model | None = None
    """Turns right programs into skills; None: only programs that read their question already become skills."""

    async def learn_all(
        self, lessons: Lessons, concurrency: int, progress: Callable[[int, int], None]
    ) -> Summary:
        """Learn from all questions that no earlier command has done in the same way.

        A question that fails is noted in the summary. After several failures in a row the last one is raised.

        Raises:
            StoreError: the store failed.
            ModelError: a model failed.
            SandboxError: the sandbox failed.
        """
        summary, slots, total_number = Summary(), asyncio.Semaphore(concurrency), len(lessons.questions)
        left = await self._not_done(lessons.questions, summary)
        progress(summary.statuses.total(), total_number)

        async def learn_one(question: TrainingQuestion) -> None:
            async with slots:
                await self._learn_and_note(question, lessons, summary)
            progress(summary.statuses.total(), total_number)

        await gather_or_cancel(learn_one(question) for question in left)
        return summary

    async def _not_done(
        self, questions: Sequence[TrainingQuestion], summary: Summary
    ) -> list[TrainingQuestion]:
        """Return the questions that are left; count the others."""
        notes, left = await self.library.progress(), []
        for question in questions:
            note = _read_note(notes.get(question_key(question.question)))
            if note is not None and note.work == self.work(question):
                summary.add(note)
            else:
                left.append(question)
        return left

    async def _learn_and_note(self, question: TrainingQuestion, lessons: Lessons, summary: Summary) -> None:
        try:
            step = await self.learn_from(question, lessons)
        except (ModelError, SandboxError) as error:
            error.args = (f"{question.id}: {error}",)
            summary.add_failure(first_line(error))
            if summary.failures_in_a_row >= MAX_CONSECUTIVE_FAILURES:
                raise
            return
        note = Note(status=step.status, tokens=step.tokens, work=self.work(question))
        await self.library.note_progress(question_key(question.question), **asdict(note))
        summary.add(step)

    def work(self, question: TrainingQuestion) -> str:
        """Return what identifies all that decides what comes of a question: its answer, the models, the settings."""
        settings = {name: value for name, value in settings_of(self.context).items() if name not in NOT_WORK}
        teacher = None if self.teacher is None else model_name(self.teacher)
        parts = [question.answer, question.source, self.model, teacher, settings]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]

    async def learn_from(self, question: TrainingQuestion, lessons: Lessons) -> Step:
        """Learn from one question; raises what ``learn_all`` does."""
        solved = SolvedQuestion(question=question.question, answer=question.answer or "")
        lesson = Lesson(solved=solved, source=question.source, judge=lessons.judge)
        if lesson.is_too_long:
            return Step(status="too_long")
        if question.answer is None:
            state = await self._run(question, self.context)
            _require_finished(state)
            return Step(status="asked", tokens=total(state["usage"]).tokens)
        await learn(lesson, self.library, self.sandbox)
        known = await self._known(solved.question)
        if any(one.record.program is not None and one.answers(solved.question) for one in known):
            return Step(status="recalled")
        return await self._teach(question, lesson)

    async def _teach(self, question: TrainingQuestion, lesson: Lesson) -> Step:
        """Have the task model solve a question, and remember the first of its attempts that is right."""
        state = await self._run(question, self.context.model_copy(update={"experience": ()}))
        tokens = total(state["usage"]).tokens
        right = [turn for turn in state["turns"] if turn.answer and lesson.judge(lesson.solved, turn.answer)]
        if not right:
            _require_finished(state)
            return Step(status="unsolved", tokens=tokens)
        turn = next((turn for turn in right if turn.program is not None), right[0])
        wrong = tuple(one.mode.value for one in state["turns"] if one not in right)
        solution = self._solution(turn, wrong)
        if not await learn(replace(lesson, solution=solution), self.library, self.sandbox):
            return Step(status="too_long", tokens=tokens)
        usage, is_skill = await self._consolidate(turn, lesson)
        return Step(status="skill" if is_skill else "learnt", tokens=tokens + usage.tokens)

    async def _consolidate(self, turn: Turn, lesson: Lesson) -> tuple[Usage, bool]:
        """Have the teacher turn a right program into a skill, unless there is one for questions of this form."""
        known = await self._known(lesson.solved.question)
        if any(one.is_skill and one.answers(lesson.solved.question) for one in known):
            return Usage(), True
        others = [
            SolvedQuestion(question=piece.question or "", answer=piece.answer)
            for piece in recorded_questions(known, lesson.solved.question)
        ]
        if self.teacher is None or turn.program is None or not others:
            return Usage(), False
        rewritten = await rewrite(
            turn.program, lesson.solved, others, self.teacher, self.sandbox, lesson.judge
        )
        if rewritten.program is None:
            return rewritten.usage, False
        solution = replace(self._solution(turn, ()), program=rewritten.program)
        remembered = [
            await learn(replace(lesson, solved=solved, solution=solution), self.library, self.sandbox)
            for solved in rewritten.answered
        ]
        return rewritten.usage, all(remembered)

    async def _known(self, question: str) -> Sequence[Experience]:
        return (await find_similar(self.library, question)).experiences

    async def _run(self, question: TrainingQuestion, context: Context) -> dict[str, Any]:
        state = await self.graph.ainvoke({"messages": [HumanMessage(question.question)]}, context=context)
        return read_state(state)

    def _solution(self, turn: Turn, failed_modes: tuple[Any, ...]) -> Solution:
        return Solution(
            mode=turn.mode.value,
            program=turn.program,
            guidance=turn.decision.guidance,
            failed_modes=failed_modes,
            model=self.model,
            prompts=prompts_hash(self.context.all_prompts),
        )


def _read_note(value: Mapping[str, Any] | None) -> Note | None:
    """Return a note; None without one, and for one that is foreign or of an earlier version."""
    try:
        return None if value is None else NOTE.validate_python(value)
    except ValidationError:
        return None


def _require_finished(state: Mapping[str, Any]) -> None:
    """Raise ModelError if the run failed after an answer, so that the next command asks again."""
    if state["outcome"] == "failed":
        raise ModelError("the run failed after its first answer")
