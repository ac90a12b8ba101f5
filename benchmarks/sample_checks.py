"""Have checks of answers written: ``python benchmarks/sample_checks.py MODEL RESULTS.jsonl``.

Reads the stored programs of ``benchmarks/generation.py``, so that the truth of their answers is known, and runs them
again. For each development item with an answer the model writes one check, as the self-answer checker asks for it
(greedy); it is called with all answers and their mutants. Every check is stored as it comes; the same command resumes.
``benchmarks/answer_checks.py`` reads the results.
"""

import argparse
import asyncio
import gzip
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generation import LIMITS, Problem, problems
from langchain_core.messages import HumanMessage

from codesteer.checkers.check_function import call_check, read_opinions
from codesteer.checkers.check_verdict import AnswerPanel
from codesteer.models.completion import Model, ask
from codesteer.models.resolve import resolve_model
from codesteer.nodes.check_answer import check_request
from codesteer.replies.answers import output_answer, text_answer
from codesteer.replies.programs import extract_program
from codesteer.replies.question_data import read_data
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.variables import define_variables

PROGRAMS = Path(__file__).parents[1] / "docs/results/2026-12-01-generation.jsonl.gz"
MAX_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """A check, the answers with their truth, and what the check said of them and of their mutants."""

    item: str
    kind: str
    question: str
    check: str
    answers: Mapping[str, bool]
    mutants: Mapping[str, list[str]]
    accepted: Mapping[str, bool | None] | None
    problem: str
    prompt_tokens: int
    output_tokens: int


async def stored_answers(sandbox: Sandbox) -> Mapping[str, list[str]]:
    """Return the answers of the stored replies by item."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in gzip.decompress(PROGRAMS.read_bytes()).splitlines():
        row: dict[str, Any] = json.loads(line)
        answer = text_answer(row["reply"]) if not row["program"] else None
        if row["outcome"] in ("right", "wrong"):
            answer = output_answer((await sandbox.run(row["program"], LIMITS)).stdout)
        if answer is not None:
            found[row["item"]].append(answer)
    return found


async def check(problem: Problem, answers: list[str], model: Model, sandbox: Sandbox) -> StoredCheck:
    """Have one check written and call it with the answers and their mutants."""
    question = problem.item.question
    panel = AnswerPanel.of(answers, question)
    completion = await ask(model, [HumanMessage(check_request(question, panel, question))])
    program = extract_program(completion.text) or ""
    calls = call_check(program, panel.all)
    variables = {"QUESTION": question, **read_data(question)}
    execution = await sandbox.run(define_variables(calls.program, {}, **variables), LIMITS)
    opinions = read_opinions(calls, execution) if program else "the checker wrote no program"
    said = None if isinstance(opinions, str) else {name: one.accepted for name, one in opinions.items()}
    return StoredCheck(
        item=problem.item.id,
        kind="recompute",
        question=question,
        check=program,
        answers={answer: problem.task.accepts(problem.item, answer) for answer in panel.answers},
        mutants={answer: list(mutants) for answer, mutants in panel.mutants.items()},
        accepted=said,
        problem=opinions if isinstance(opinions, str) else "",
        prompt_tokens=completion.usage.input_tokens,
        output_tokens=completion.usage.output_tokens,
    )


def checked_items(results: Path) -> set[str]:
    """Return the items whose checks are stored."""
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    return {json.loads(line)["item"] for line in lines}


async def run(options: argparse.Namespace) -> None:
    """Write the checks that are not stored yet."""
    sandbox = open_sandbox("local")
    model = resolve_model(options.model).bind(temperature=0.0, max_tokens=MAX_TOKENS)
    slots = asyncio.Semaphore(options.concurrency)
    results: Path = options.results
    done = checked_items(results)
    answers = await stored_answers(sandbox)

    async def one(problem: Problem) -> None:
        async with slots:
            stored = await check(problem, answers[problem.item.id], model, sandbox)
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(stored)) + "\n")

    asked = [one for one in problems() if one.item.id not in done and answers.get(one.item.id)]
    await asyncio.gather(*map(one, asked))


def main() -> None:
    """Have the checks written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("results", type=Path)
    parser.add_argument("--concurrency", type=int, default=16)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
