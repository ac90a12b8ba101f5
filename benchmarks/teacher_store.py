"""A teacher's skills in the hands of a weak model: ``python benchmarks/teacher_store.py MODEL RESULTS.jsonl``.

Programs that read ``QUESTION``, written by hand for two generated tasks and one kind of question of our own, stand in
for those of a strong model. Each is added to a store with five labelled questions. Then the task model answers fifty
other questions of each kind with the store and without. Every answer is stored as it comes; the same command resumes.
Fifty look-alikes of each kind, whose rules differ in one detail, are looked up in the store: no skill may run on them.
"""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.store.memory import InMemoryStore

from codesteer.checkers.answer_form import same_answer
from codesteer.evals.intervals import wilson
from codesteer.experience.library import Library, library_namespace
from codesteer.experience.recall import recall
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.models.usage import total
from codesteer.sandboxes.factory import open_sandbox
from codesteer.symbench import load_task
from codesteer.teaching.program import add_verified
from codesteer.teaching.questions import Judge, Lessons, TrainingQuestion

SKILLS = Path(__file__).parent / "skills"
LABELLED, QUESTIONS = 5, 50
NAMESPACE = ("teacher",)
LOOK_ALIKES = {
    "statistical_counting": [
        ("Every run of two or more letters gives points", "Every run of three or more letters gives points"),
        ("gives points once, no matter how long it is", "gives points once for each of its letters"),
        ("a letter that stands alone gives none", "a letter that stands alone gives 1 point"),
        ("What is the total of the points?", "How many runs give points?"),
        ("A run is a longest possible stretch of equal", "A run is a shortest possible stretch of equal"),
    ],
    "mahjong": [
        ("at least two cards equal", "at least one card equal"),
        ("at least two cards equal", "at most two cards equal"),
        ("Peng (1)", "Peng (0)"),
        ("What is the judgement in round 1?", "How many different letters are in the first hand?"),
        ("in the hand before it was added", "in the hand after it was added"),
    ],
    "digit_sums": [
        ("sum of digits", "product of digits"),
        ("is divisible by", "is not divisible by"),
        ("How many whole numbers", "How many even whole numbers"),
        ("both included", "both excluded"),
        ("How many", "What is the sum of all"),
    ],
}
"""Details that a look-alike changes, for each kind."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a kind, with its answer."""

    kind: str
    id: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run answered."""

    arm: str
    """``with`` or ``without`` the store."""
    kind: str
    id: str
    answer: str
    expected: str
    tokens: int
    by_skill: bool
    """Whether a trusted skill's answer was returned."""


def task_questions(slug: str, split: str, count: int) -> list[Question]:
    """Return questions of a task."""
    task = load_task(slug)
    items = (task.generate(1, 1, "train" if split == "train" else "dev", index) for index in range(count))
    return [Question(slug, item.id, item.question, task.format_answer(item.answer)) for item in items]


def digit_sum_questions(seed: int, count: int) -> list[Question]:
    """Return questions of the kind of our own."""
    rng = Random(seed)
    questions = []
    for number in range(count):
        first, length, divisor = rng.randint(1, 500), rng.randint(20, 400), rng.randint(3, 9)
        last = first + length
        text = (
            f"How many whole numbers from {first} to {last}, both included, have a sum of digits that is divisible "
            f"by {divisor}? Answer in the format <<<number>>>."
        )
        right = sum(sum(map(int, str(one))) % divisor == 0 for one in range(first, last + 1))
        questions.append(Question("digit_sums", f"digit_sums/{seed}/{number}", text, str(right)))
    return questions


def questions_of(kind: str, split: str, count: int) -> list[Question]:
    """Return a kind's labelled questions (``train``) or those to be answered (``dev``)."""
    if kind == "digit_sums":
        return digit_sum_questions(0 if split == "train" else 1, count)
    return task_questions(kind, split, count)


def look_alikes(kind: str) -> Iterator[Question]:
    """Yield questions of a kind with one detail changed; their answers are not known, and do not matter."""
    changes = LOOK_ALIKES[kind]
    for number, question in enumerate(questions_of(kind, "dev", QUESTIONS)):
        old, new = changes[number % len(changes)]
        assert old in question.text, (kind, old)
        text = question.text.replace(old, new, 1)
        yield Question(kind, f"{question.id}/look-alike", text, "")


async def fill(library: Library) -> None:
    """Add each kind's skill with its labelled questions."""
    for kind in LOOK_ALIKES:
        labelled = (
            TrainingQuestion(id=one.id, question=one.text, answer=one.answer)
            for one in questions_of(kind, "train", LABELLED)
        )
        program = (SKILLS / f"{kind}.py").read_text("utf-8")
        await add_verified(program, Lessons(tuple(labelled), Judge({})), library, open_sandbox("local"))


async def answer(question: Question, arm: str, graph: CompiledGraph, context: Context) -> Answer:
    """Ask a question."""
    asked = {"messages": [HumanMessage(question.text)]}
    state = read_state(await graph.ainvoke(asked, context=context))
    return Answer(
        arm=arm,
        kind=question.kind,
        id=question.id,
        answer=state["answer"],
        expected=question.answer,
        tokens=total(state["usage"]).tokens,
        by_skill=state["decision"].guide == "experience",
    )


async def run(model: str, results: Path, concurrency: int) -> None:
    """Ask all questions that have no stored answer."""
    store = InMemoryStore()
    library = Library(store, library_namespace(NAMESPACE))
    await fill(library)
    for kind in LOOK_ALIKES:
        found = [await recall(library, one.text) for one in look_alikes(kind)]
        ran = sum(one.skill is not None for one in found)
        print(f"{kind}: a skill runs on {ran} of {len(found)} look-alikes")
    graph = create_codesteer().compile(store=store)
    base = Context(task_model=model, check_answer=False, max_tokens=8000, seed=1)
    known = Context(**{**base.model_dump(exclude_unset=True), "experience": NAMESPACE, "learn": False})
    done = {(row["arm"], row["id"]) for row in read_rows(results)}
    plan = [
        *(("with", known, one) for kind in LOOK_ALIKES for one in questions_of(kind, "dev", QUESTIONS)),
        *(("without", base, one) for kind in LOOK_ALIKES for one in questions_of(kind, "dev", QUESTIONS)),
    ]
    slots = asyncio.Semaphore(concurrency)

    async def ask_one(arm: str, context: Context, question: Question) -> None:
        async with slots:
            row = await answer(question, arm, graph, context)
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")

    left = [entry for entry in plan if (entry[0], entry[2].id) not in done]
    left.sort(key=lambda entry: int(entry[2].id.rpartition("/")[2]))  # some of each kind, if it is stopped
    await asyncio.gather(*(ask_one(*entry) for entry in left))


def read_rows(results: Path) -> list[dict[str, Any]]:
    """Return the stored answers."""
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    return [json.loads(line) for line in lines]


def report(rows: Iterable[dict[str, Any]]) -> None:
    """Print the table."""
    by_arm = defaultdict(list)
    for row in rows:
        by_arm[row["kind"], row["arm"]].append(row)
    print("| kind | store | right | 95 % | tokens a question | answered by a skill |")
    print("|---|---|--:|--:|--:|--:|")
    for (kind, arm), found in sorted(by_arm.items(), key=str):
        right = sum(same_answer(row["answer"], row["expected"]) for row in found)
        interval = wilson(right, len(found))
        tokens = sum(row["tokens"] for row in found) / len(found)
        by_skill = sum(row["by_skill"] for row in found)
        bounds = f"{interval.low:.0%} to {interval.high:.0%}"
        print(f"| {kind} | {arm} | {right} of {len(found)} | {bounds} | {tokens:,.0f} | {by_skill} |")


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("results", type=Path)
    parser.add_argument("--concurrency", type=int, default=8)
    options = parser.parse_args()
    asyncio.run(run(options.model, options.results, options.concurrency))
    report(read_rows(options.results))


if __name__ == "__main__":
    main()
