"""What makes more programs right? ``python benchmarks/generation.py MODEL RESULTS.jsonl --arms plain,outline``.

Four development items of each seen task with a generator (levels 1 and 2). An arm words the request for a program in
its own way; its first program is greedy, the others are sampled. An arm after failures asks once more where a program
of ``plain`` failed in a certain way. Every reply is stored as it comes; the same command resumes, and more arms or
attempts are added to the same file.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.evals.intervals import wilson
from codesteer.guides.decision import Mode
from codesteer.guides.evidence import describe_execution
from codesteer.guides.rules import last_error
from codesteer.models.completion import Model, ask
from codesteer.models.resolve import resolve_model
from codesteer.nodes.task_messages import answer_instructions, package_instructions
from codesteer.prompts.loader import render
from codesteer.replies.answers import output_answer, text_answer
from codesteer.replies.programs import extract_program
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.variables import insert_statements
from codesteer.symbench import Item, Task, tasks

LEVELS, ITEMS_PER_LEVEL = (1, 2), 2
TEMPERATURE, MAX_TOKENS = 0.7, 1024
LIMITS = Limits(wall_seconds=15.0)
END = "Assign the answer, in exactly the form that the question asks for, to the variable `result` and end with:\n"
PRINT = "print('<<<' + str(result) + '>>>')"
WORDINGS = {
    "outline": (
        "Do not work the answer out yourself: a program will. Say in two or three sentences how it can be computed. "
        "Then write one complete Python program that computes it, in one ```python block, and nothing after it.\n"
        f"Let the program search or calculate; never write the final answer into it by hand.\n{END}{PRINT}"
    ),
    "comments": (
        "Write one complete Python program that computes the answer, in one ```python block, and nothing else. Begin "
        "it with comments that say step by step how the answer can be computed.\n"
        f"Let the program search or calculate; never write the final answer into it by hand.\n{END}{PRINT}"
    ),
}
"""Other wordings of ``task/code``, by arm."""
PLANS = (
    "Plan: keep the state in variables and carry out one step after the other in a loop, exactly as the rules say.",
    "Plan: list every candidate with itertools, and keep the one that meets all conditions, each a line of its own.",
    "Plan: search with a recursive function that makes one choice, and gives up as soon as a rule is broken.",
    "Plan: search breadth-first from the start state with a queue and a set of visited states; keep the path.",
    "Plan: write one small function for each rule of the question, and then combine them.",
)
"""One plan for each attempt of the arm ``plans``."""
SHOW_VALUES = """\
def _show_values(kind, error, trace):
    import reprlib, sys, traceback
    traceback.print_exception(kind, error, trace)
    while trace.tb_next is not None and trace.tb_next.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    for name, value in list(trace.tb_frame.f_locals.items())[-12:]:
        if not name.startswith("_") and not callable(value) and type(value).__name__ != "module":
            print(f"VALUE {name} = {reprlib.repr(value)}", file=sys.stderr)
import sys as _sys
_sys.excepthook = _show_values
"""
"""Makes a program that fails print the variables of the line that failed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A reply, the program in it, and whether its answer is right."""

    arm: str
    task: str
    item: str
    attempt: int
    outcome: str
    """How the program ended, ``no program``, ``no answer``, ``wrong`` or ``right``."""
    right_in_words: bool
    """The reply has no program, but its text states the right answer."""
    reply: str
    program: str
    stderr: str
    input_tokens: int
    output_tokens: int

    @property
    def key(self) -> tuple[str, str, int]:
        """What the plan knows it by."""
        return self.arm, self.item, self.attempt

    @property
    def right(self) -> bool:
        """Whether its program is right."""
        return self.outcome == "right"


@dataclass(frozen=True, slots=True)
class Problem:
    """A development item and its task."""

    task: Task[Any, Any, Any]
    item: Item[Any, Any]


class Bench:
    """Asks a model, runs its programs, and stores what came of them."""

    def __init__(self, model: Model, sandbox: Sandbox, path: Path, concurrency: int) -> None:
        self._model, self._sandbox, self._path = model, sandbox, path
        self._slots = asyncio.Semaphore(concurrency)
        self.packages = sandbox.describe().packages
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        self.samples = {sample.key: sample for sample in (Sample(**json.loads(line)) for line in lines)}

    async def first(self, problem: Problem, arm: str, attempt: int) -> None:
        """Ask for an arm's program, unless it is stored."""
        guidance = first_guidance(arm, attempt, self.packages)
        prompt = render("task/first", question=problem.item.question, guidance=guidance)
        await self._sample(problem, arm, attempt, [HumanMessage(prompt)])

    async def after(self, problem: Problem, arm: str, failed: Sample) -> None:
        """Ask once more where ``plain`` failed in the arm's way."""
        outcomes, ask_again = AFTER[arm]
        if failed.outcome in outcomes:
            messages = await ask_again(self, problem, failed)
            await self._sample(problem, arm, failed.attempt, messages)

    async def run(self, program: str) -> ExecutionResult:
        """Run a program."""
        return await self._sandbox.run(program, LIMITS)

    async def _sample(
        self, problem: Problem, arm: str, attempt: int, messages: Sequence[BaseMessage]
    ) -> None:
        if (arm, problem.item.id, attempt) in self.samples:
            return
        temperature = 0.0 if attempt == 0 and arm not in AFTER else TEMPERATURE
        model = self._model.bind(temperature=temperature, seed=attempt, max_tokens=MAX_TOKENS)
        async with self._slots:
            completion = await ask(model, messages)
        program = extract_program(completion.text)
        result = await self.run(program) if program is not None else None
        words = text_answer(completion.text) if program is None else None
        sample = Sample(
            arm=arm,
            task=problem.task.slug,
            item=problem.item.id,
            attempt=attempt,
            outcome=outcome_of(problem, result),
            right_in_words=words is not None and problem.task.accepts(problem.item, words),
            reply=completion.text,
            program=program or "",
            stderr=result.stderr[-1500:] if result else "",
            input_tokens=completion.usage.input_tokens,
            output_tokens=completion.usage.output_tokens,
        )
        self.samples[sample.key] = sample
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(sample)) + "\n")


def first_guidance(arm: str, attempt: int, packages: Sequence[str]) -> str:
    """Return what an arm says after the question."""
    if arm in WORDINGS:
        return "\n".join(filter(None, [WORDINGS[arm], package_instructions(packages)]))
    plan = [PLANS[attempt % len(PLANS)]] if arm == "plans" else []
    return "\n".join([*plan, answer_instructions(Mode.CODE, packages)])


def outcome_of(problem: Problem, result: ExecutionResult | None) -> str:
    """Return what came of a program."""
    if result is None:
        return "no program"
    if result.status is not ExecutionStatus.OK:
        return result.status.value
    answer = output_answer(result.stdout)
    if answer is None:
        return "no answer"
    return "right" if problem.task.accepts(problem.item, answer) else "wrong"


def start_over(bench: Bench, problem: Problem, advice: str) -> list[BaseMessage]:
    """Ask for a new program that does not see the old one, as the rules do."""
    guidance = f"{advice}\n{answer_instructions(Mode.CODE, bench.packages)}"
    return [HumanMessage(render("task/first", question=problem.item.question, guidance=guidance))]


def go_on(bench: Bench, problem: Problem, failed: Sample, evidence: str, advice: str) -> list[BaseMessage]:
    """Go on in the conversation."""
    opening = first_guidance("plain", failed.attempt, bench.packages)
    guidance = f"{advice}\n{render('task/code_again')}"
    return [
        HumanMessage(render("task/first", question=problem.item.question, guidance=opening)),
        AIMessage(failed.reply),
        HumanMessage(render("task/next", evidence=evidence, guidance=guidance)),
    ]


async def ask_again(bench: Bench, problem: Problem, failed: Sample) -> list[BaseMessage]:
    """Ask for a program anew where the reply had none."""
    return start_over(bench, problem, render("rules/to_code"))


async def ask_to_go_on(bench: Bench, problem: Problem, failed: Sample) -> list[BaseMessage]:
    """Ask for the program that a reply in words lacks, in the same conversation."""
    return go_on(bench, problem, failed, "", render("rules/to_code"))


async def name_error(bench: Bench, problem: Problem, failed: Sample) -> list[BaseMessage]:
    """Start over with the error."""
    result = await bench.run(failed.program)
    return start_over(bench, problem, render("rules/rewrite", error=last_error(result)))


async def name_values(bench: Bench, problem: Problem, failed: Sample) -> list[BaseMessage]:
    """Start over with the error and the variables of the line that failed."""
    result = await bench.run(failed.program)
    values = await failing_values(bench, failed.program)
    advice = render("rules/rewrite", error=f"{last_error(result)}\n{values}")
    return start_over(bench, problem, advice)


async def show_values(bench: Bench, problem: Problem, failed: Sample) -> list[BaseMessage]:
    """Go on with the error and the variables of the line that failed."""
    result = await bench.run(failed.program)
    evidence = f"{describe_execution(result)}\n{await failing_values(bench, failed.program)}"
    return go_on(bench, problem, failed, evidence, "Correct the mistake.")


async def failing_values(bench: Bench, program: str) -> str:
    """Run a program again; return the variables of the line that failed."""
    result = await bench.run(insert_statements(program, SHOW_VALUES))
    lines = [line.removeprefix("VALUE ") for line in result.stderr.splitlines() if line.startswith("VALUE ")]
    return "The variables were then:\n" + "\n".join(lines) if lines else ""


AskAgain = Callable[[Bench, Problem, Sample], Awaitable[list[BaseMessage]]]
AFTER: dict[str, tuple[tuple[str, ...], AskAgain]] = {
    "words: anew": (("no program",), ask_again),
    "words: go on": (("no program",), ask_to_go_on),
    "error: anew": (("error",), name_error),
    "error: anew with values": (("error",), name_values),
    "error: go on with values": (("error",), show_values),
}
"""The arms after failures: what they follow, and what they ask."""

ARMS = ("plain", *WORDINGS, "plans", *AFTER)


def problems() -> Iterator[Problem]:
    """Yield the items, some of every task first."""
    seen = [task for task in tasks() if task.seen and task.levels]
    for index in range(ITEMS_PER_LEVEL):
        for level in LEVELS:
            for task in seen:
                yield Problem(task, task.generate(0, level, "dev", index))


def report(samples: Sequence[Sample], attempts: int) -> None:
    """Print what each arm came to, on the items that it shares with ``plain``."""
    print(
        "| arm | items | first right | any right (95 %) | alone, plain : it | no program | tokens in, out |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    plain = by_item(samples, "plain")
    for arm in dict.fromkeys(sample.arm for sample in samples if sample.arm not in AFTER):
        items = by_item(samples, arm)
        shared = [item for item in items if len(items[item]) >= attempts and len(plain[item]) >= attempts]
        if not shared:
            continue
        mine = {item: sorted(items[item], key=lambda one: one.attempt)[:attempts] for item in shared}
        right = {item for item, found in mine.items() if any(one.right for one in found)}
        baseline = {item for item in shared if any(one.right for one in plain[item][:attempts])}
        interval = wilson(len(right), len(shared))
        flat = [one for found in mine.values() for one in found]
        first = sum(found[0].right for found in mine.values())
        print(
            f"| `{arm}` | {len(shared)} | {first} | {len(right)} ({interval.low:.0%} to {interval.high:.0%})"
            f" | {len(baseline - right)} : {len(right - baseline)} | {share(flat, 'no program')}"
            f" | {mean(flat, 'input_tokens')}, {mean(flat, 'output_tokens')} |"
        )
    print("\n| after a failure | asked | right | tokens in, out |\n|---|--:|--:|--:|")
    for arm in AFTER:
        found = [one for one in samples if one.arm == arm]
        if found:
            right_now = sum(one.right for one in found)
            tokens = f"{mean(found, 'input_tokens')}, {mean(found, 'output_tokens')}"
            print(f"| `{arm}` | {len(found)} | {right_now} | {tokens} |")


def by_item(samples: Sequence[Sample], arm: str) -> dict[str, list[Sample]]:
    """Return an arm's samples by item, in the order of their attempts."""
    found: dict[str, list[Sample]] = {sample.item: [] for sample in samples}
    for sample in sorted(samples, key=lambda one: one.attempt):
        if sample.arm == arm:
            found[sample.item].append(sample)
    return found


def share(samples: Sequence[Sample], outcome: str) -> str:
    """Return how many samples ended so."""
    return f"{sum(sample.outcome == outcome for sample in samples) / len(samples):.0%}"


def mean(samples: Sequence[Sample], field: str) -> str:
    """Return the mean of a number of the samples."""
    return f"{sum(getattr(sample, field) for sample in samples) / len(samples):.0f}"


async def run(options: argparse.Namespace) -> Sequence[Sample]:
    """Ask for what is not stored yet."""
    model, sandbox = resolve_model(options.model), open_sandbox("local")
    bench = Bench(model, sandbox, options.results, options.concurrency)
    asked = list(problems())
    for attempt in range(
        options.attempts
    ):  # all arms of a question together: they share its prompt in the cache
        first = [arm for arm in options.arms if arm not in AFTER]
        await asyncio.gather(*(bench.first(one, arm, attempt) for one in asked for arm in first))
    for arm in (arm for arm in options.arms if arm in AFTER):
        failed = [(one, bench.samples.get(("plain", one.item.id, n))) for one in asked for n in range(2)]
        await asyncio.gather(*(bench.after(one, arm, sample) for one, sample in failed if sample))
    return list(bench.samples.values())


def main() -> None:
    """Run the arms and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("results", type=Path)
    parser.add_argument("--arms", default="plain", help="separated by commas: " + ", ".join(ARMS))
    parser.add_argument("--attempts", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=16)
    options = parser.parse_args()
    options.arms = options.arms.split(",")
    if unknown := set(options.arms) - set(ARMS):
        parser.error(f"unknown arms: {', '.join(sorted(unknown))}")
    report(asyncio.run(run(options)), options.attempts)


if __name__ == "__main__":
    main()
