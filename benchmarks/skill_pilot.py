"""Can a model turn right programs into skills? ``python benchmarks/skill_pilot.py MODEL RESULTS.jsonl``.

A skill is a program that reads its data from ``QUESTION`` and so answers every question of a kind. For each seen task
with a generator: right programs for training questions are sampled, each task gets sixteen sampled rewrites in waves
of four, every second wave with the last error shown, and a rewrite counts when it answers its own question and two
others of the training split. Verified skills then answer twenty development items. Every reply is stored as it comes;
the same command resumes.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage

from codesteer.experience.record import without_copied_question
from codesteer.guides.decision import Mode
from codesteer.models.completion import Model, ask
from codesteer.models.resolve import resolve_model
from codesteer.nodes.task_messages import answer_instructions
from codesteer.prompts.loader import render
from codesteer.replies.answers import output_answer
from codesteer.replies.programs import extract_program
from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.variables import define_variables
from codesteer.symbench import Item, Task, tasks

TRAINING_QUESTIONS, DEVELOPMENT_ITEMS = 8, 20
PROGRAMS_PER_WAVE, PROGRAM_WAVES = 8, 3
REWRITE_WAVES, REWRITES_PER_WAVE, OTHER_QUESTIONS = 4, 4, 2
SHOWN_ERROR = 400
LIMITS = Limits(wall_seconds=10.0)
AnyItem = Item[Any, Any]
AnyTask = Task[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """A program that the model wrote, and whether it is right for its question."""

    task: str
    stage: str
    """``program`` or ``rewrite``."""
    wave: int
    index: int
    item: str
    program: str
    right: bool
    error: str
    others: tuple[str, ...] = ()
    """The other training questions that a rewrite answered."""
    input_tokens: int = 0
    output_tokens: int = 0


class Journal:
    """Replies stored as they come, by their place in the plan."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        rows = [Reply(**json.loads(line)) for line in lines]
        self._replies = {(row.task, row.stage, row.wave, row.index): row for row in rows}

    def wave(self, task: str, stage: str, wave: int) -> dict[int, Reply]:
        """Return the stored replies of a wave by index."""
        rows = self._replies.values()
        return {row.index: row for row in rows if (row.task, row.stage, row.wave) == (task, stage, wave)}

    def add(self, reply: Reply) -> Reply:
        """Store a reply."""
        self._replies[reply.task, reply.stage, reply.wave, reply.index] = reply
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(reply)) + "\n")
        return reply


class Pilot:
    """The pilot with a model; its tasks run side by side."""

    def __init__(self, model: Model, sandbox: Sandbox, journal: Journal, concurrency: int) -> None:
        self._model, self._sandbox, self._journal = model, sandbox, journal
        self._slots = asyncio.Semaphore(concurrency)

    async def run_task(self, task: AnyTask) -> None:
        """Sample programs and rewrites of a task, and print what came of them."""
        items = [task.generate(0, 1, "train", index) for index in range(TRAINING_QUESTIONS)]
        programs = await self._right_programs(task, items)
        rewrites = [row async for row in self._rewrites(task, items, programs)] if programs else []
        skills = [row for row in rewrites if row.right and len(row.others) >= OTHER_QUESTIONS]
        best = max([await self._share(task, row.program) for row in skills], default=0.0)
        tokens = sum(row.input_tokens + row.output_tokens for row in rewrites)
        own = sum(row.right for row in rewrites)
        print(
            f"| {task.slug} | {len(programs)} | {len(rewrites)} | {own} | {len(skills)} | {best:.0%} | {tokens} |",
            flush=True,
        )

    async def _right_programs(self, task: AnyTask, items: list[AnyItem]) -> list[Reply]:
        right: list[Reply] = []
        for wave in range(PROGRAM_WAVES):
            stored = self._journal.wave(task.slug, "program", wave)
            missing = [index for index in range(PROGRAMS_PER_WAVE) if index not in stored]
            sampled = [self._program(task, items[index % len(items)], wave, index) for index in missing]
            replies = [*stored.values(), *await asyncio.gather(*sampled)]
            right += [reply for reply in replies if reply.right]
            if len({reply.item for reply in right}) >= OTHER_QUESTIONS:
                break
        return sorted(right, key=lambda reply: (reply.wave, reply.index))

    async def _program(self, task: AnyTask, item: AnyItem, wave: int, index: int) -> Reply:
        prompt = render("task/first", question=item.question, guidance=answer_instructions(Mode.CODE))
        return await self._sample(task, "program", wave, index, item, prompt)

    async def _rewrites(
        self, task: AnyTask, items: list[AnyItem], programs: list[Reply]
    ) -> AsyncIterator[Reply]:
        for wave in range(REWRITE_WAVES):
            stored = self._journal.wave(task.slug, "rewrite", wave)
            before = self._journal.wave(task.slug, "rewrite", wave - 1) if wave % 2 else {}
            missing = [index for index in range(REWRITES_PER_WAVE) if index not in stored]
            sampled = [
                self._rewrite(task, items, programs, wave, index, before.get(index)) for index in missing
            ]
            for reply in [*stored.values(), *await asyncio.gather(*sampled)]:
                yield reply

    async def _rewrite(
        self,
        task: AnyTask,
        items: list[AnyItem],
        programs: list[Reply],
        wave: int,
        index: int,
        failed: Reply | None,
    ) -> Reply:
        source = programs[(wave // 2 * REWRITES_PER_WAVE + index) % len(programs)]
        own = next(item for item in items if item.id == source.item)
        others = [item for item in items if item.id != own.id]
        error = failed.error if failed else ""
        prompt = render(
            "experience/rewrite",
            question=own.question,
            program=source.program,
            other=others[index % len(others)].question,
            failure=render("experience/failure", program=failed.program, error=error)
            if failed and error
            else "",
        )
        return await self._sample(task, "rewrite", wave, index, own, prompt, others)

    async def _sample(
        self,
        task: AnyTask,
        stage: str,
        wave: int,
        index: int,
        item: AnyItem,
        prompt: str,
        others: list[AnyItem] | None = None,
    ) -> Reply:
        seed = wave * 100 + index
        async with self._slots:
            model = self._model.bind(temperature=0.7, seed=seed, max_tokens=1500)
            completion = await ask(model, [HumanMessage(prompt)])
        program = without_copied_question(extract_program(completion.text) or "")
        error = await self._error(task, item, program)
        solved: list[str] = []
        if others and not error:
            errors = {other.id: await self._error(task, other, program) for other in others}
            solved = [id_ for id_, failure in errors.items() if not failure]
            first = next(((id_, failure) for id_, failure in errors.items() if failure), None)
            if len(solved) < OTHER_QUESTIONS and first is not None:
                other = next(item for item in others if item.id == first[0])
                error = f"for this question: {other.question[:600]}\n{first[1]}"
        right = not error or bool(solved) or error.startswith("for this question")
        usage = completion.usage
        return self._journal.add(
            Reply(
                task.slug,
                stage,
                wave,
                index,
                item.id,
                program,
                right,
                error,
                tuple(solved),
                usage.input_tokens,
                usage.output_tokens,
            )
        )

    async def _error(self, task: AnyTask, item: AnyItem, program: str) -> str:
        """Return what is wrong with a program for an item; empty if it is right."""
        if not program:
            return "the reply contains no program"
        result = await self._sandbox.run(define_variables(program, {}, QUESTION=item.question), LIMITS)
        answer = output_answer(result.stdout)
        if answer is None:
            return (result.stderr.strip().splitlines() or ["it printed no answer"])[-1][:SHOWN_ERROR]
        if task.accepts(item, answer):
            return ""
        expected = task.format_answer(item.answer)
        return f"it printed {answer[:SHOWN_ERROR]!r}, but a right answer is {expected[:SHOWN_ERROR]!r}"

    async def _share(self, task: AnyTask, program: str) -> float:
        items = [task.generate(0, 1, "dev", index) for index in range(DEVELOPMENT_ITEMS)]
        errors = [await self._error(task, item, program) for item in items]
        return sum(not error for error in errors) / len(errors)


def seen_tasks() -> Iterator[AnyTask]:
    """Return the seen tasks that have a generator."""
    return (task for task in tasks() if task.seen and task.levels)


async def main() -> None:
    """Run the pilot and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("results", type=Path)
    parser.add_argument("--concurrency", type=int, default=16)
    options = parser.parse_args()
    pilot = Pilot(
        resolve_model(options.model), open_sandbox("local"), Journal(options.results), options.concurrency
    )
    print("| task | right programs | rewrites | own question right | skills | development | tokens |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    at_once = asyncio.Semaphore(5)

    async def run(task: AnyTask) -> None:
        async with at_once:
            await pilot.run_task(task)

    await asyncio.gather(*(run(task) for task in seen_tasks()))


if __name__ == "__main__":
    asyncio.run(main())
