"""What today's verifier says of stored answers: ``python benchmarks/rescore.py RESULTS.jsonl.gz SAMPLES METHOD``.

The answers are those to official samples; SAMPLES is a folder with ``TASK/samples.jsonl``. METHOD is compared with the
others. Results on items that are not in SAMPLES keep their outcome.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from codesteer.evals.report.formatting import interval, score_interval, signed
from codesteer.evals.results import Result, read_stored
from codesteer.evals.summary import compare, method_names, summarise
from codesteer.symbench import Item, load_task
from codesteer.symbench.official import load_official

CORRECT = "correct"


def official_items(folder: Path) -> dict[str, Item[Any, Any]]:
    """Return the items of all tasks in a folder, by their names in results."""
    found = (
        item for file in folder.glob("*/samples.jsonl") for item in load_official(file.parent.name, file)
    )
    return {f"{item.task}/{item.id}": item for item in found}


def rescored(result: Result, items: Mapping[str, Item[Any, Any]]) -> Result:
    """Return a result with today's outcome of its final answer."""
    item = items.get(result.item)
    if item is None or result.run is None:
        return result
    outcome = load_task(item.task).score(item, final_text(result)).outcome.value
    changed = (outcome == CORRECT) != (result.strict == CORRECT)
    return replace(result, strict=outcome) if changed else result


def final_text(result: Result) -> str:
    """Return what was scored: the answer, or the whole reply of ``question``, whose programs do not run."""
    replies = [message.text for message in result.transcript if message.role == "assistant"]
    if result.method == "question" and replies:
        return replies[-1]
    return f"<<<{result.run.answer if result.run else ''}>>>"


def lines(results: Sequence[Result], method: str) -> Iterator[str]:
    """Describe the methods, and what the first one gains over each other."""
    for one in summarise(results):
        yield f"{one.method}: {interval(one.strict)} of {one.problems}, normalised {score_interval(one.normalised)}"
    for other in method_names(results):
        pair = compare(results, method, other) if other != method else None
        if pair is not None:
            yield f"{method} minus {other}: {signed(pair.normalised)}, {pair.wins} : {pair.losses}"


def main() -> None:
    """Print what changed, and the rates and differences that follow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("method")
    arguments = parser.parse_args()
    stored, items = list(read_stored(arguments.results)), official_items(arguments.samples)
    now = [rescored(result, items) for result in stored]
    for before, after in zip(stored, now, strict=True):
        if before.strict != after.strict:
            print(f"{before.method}, {before.item}: {before.strict} -> {after.strict}")
    print(*lines(now, arguments.method), sep="\n")


if __name__ == "__main__":
    main()
