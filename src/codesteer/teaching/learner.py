"""Learn from a stream of questions: try what is remembered, have a model solve the rest, remember what was right."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from langchain_core.messages import HumanMessage

from codesteer.experience.consolidation import rewrite
from codesteer.experience.learning import Lesson, Solution, learn, recorded_questions
from codesteer.experience.library import Library
from codesteer.experience.recall import find_similar
from codesteer.experience.record import Experience, question_key
from codesteer.experience.trial import SolvedQuestion
from codesteer.graph.context import Context
from codesteer.graph.state import Turn
from codesteer.graph.values import read_state
from codesteer.graph.workflow import CompiledGraph
from codesteer.models.completion import Model
from codesteer.models.usage import Usage, total
from codesteer.nodes.concurrency import gather_or_cancel
from codesteer.prompts.loader import prompts_hash
from codesteer.sandboxes.port import Sandbox
from codesteer.teaching.questions import Lessons, TrainingQuestion

Status = Literal["recalled", "learnt", "skill", "unsolved", "asked"]
"""What came of a question: a remembered program answered it; its solution is remembered, or became a skill; nobody
answered it rightly; without a known answer it was only asked, and the run itself remembered what it verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What came of one question."""

    status: Status
    tokens: int = 0


@dataclass(slots=True)
class Summary:
    """What came of all questions, those of earlier commands included."""

    statuses: Counter[str] = field(default_factory=Counter)
    tokens: int = 0

    def add(self, step: Step) -> None:
        """Count a step."""
        self.statuses[step.status] += 1
        self.tokens += step.tokens


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
        """Learn from all questions that no earlier command has done.

        Raises:
            StoreError: the store failed.
            ModelError: a model failed.
            SandboxError: the sandbox failed.
        """
        done = await self.library.progress()
        summary, slots = Summary(), asyncio.Semaphore(concurrency)
        keys = {question_key(question.question) for question in lessons.questions}
        for key in keys & done.keys():
            summary.add(Step(**done[key]))
        progress(summary.statuses.total(), len(lessons.questions))

        async def learn_one(question: TrainingQuestion) -> None:
            async with slots:
                step = await self.learn_from(question, lessons)
            await self.library.note_progress(
                question_key(question.question), status=step.status, tokens=step.tokens
            )
            summary.add(step)
            progress(summary.statuses.total(), len(lessons.questions))

        left = (question for question in lessons.questions if question_key(question.question) not in done)
        await gather_or_cancel(learn_one(question) for question in left)
        return summary

    async def learn_from(self, question: TrainingQuestion, lessons: Lessons) -> Step:
        """Learn from one question; raises what ``learn_all`` does."""
        if question.answer is None:
            state = await self._run(question, self.context)
            return Step(status="asked", tokens=total(state["usage"]).tokens)
        solved = SolvedQuestion(question=question.question, answer=question.answer)
        lesson = Lesson(solved=solved, source=question.source, judge=lessons.judge)
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
            return Step(status="unsolved", tokens=tokens)
        turn = next((turn for turn in right if turn.program is not None), right[0])
        wrong = tuple(one.mode.value for one in state["turns"] if one not in right)
        await learn(replace(lesson, solution=self._solution(turn, wrong)), self.library, self.sandbox)
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
        for solved in rewritten.answered:
            await learn(replace(lesson, solved=solved, solution=solution), self.library, self.sandbox)
        return rewritten.usage, True

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
