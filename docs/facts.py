"""Generate ``facts.md``: what steering gained, cost and missed, from the stored results of each run.

Run ``python docs/facts.py``; a test checks that the page is up to date.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from codesteer.evals.report.formatting import interval, percent, score, short, signed
from codesteer.evals.report.markdown import table
from codesteer.evals.results import Result, read_stored
from codesteer.evals.summary import compare, method_names, outcomes_by_task, summarise

HERE = Path(__file__).parent
PAGE = HERE / "facts.md"
INTRO = """\
# Measured facts

What steering gained, what it cost and where it failed, with the embedded 1.5B model on two cores.
`python docs/facts.py` makes this page from the stored results in `docs/results`; [experiments](experiments.md) says how
each run was made, with its limits and commands, and
[what today's verifier says](experiments.md#2026-12-01-the-same-answers-read-by-todays-verifier) of the same answers.
Intervals are at 95 %. *Normalised* is the paper's score: the rate of each task divided by the best rate in the paper's
table, averaged over tasks, as a percentage. Chance may explain a difference whose interval includes zero, or for which
an exact sign test of the problems that only one of the two solved gives 0.05 or more.
"""
ENDPOINTS = {
    "http://127.0.0.1:8124/v1#untrained": "untrained 0.5B",
    "http://127.0.0.1:8125/v1#sft": "SFT",
    "http://127.0.0.1:8125/v1#dpo": "SFT and DPO, margin 0.5",
    "http://127.0.0.1:8125/v1#dpo2": "SFT and DPO, margin 2",
}
"""What the servers of that run held."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run with stored results."""

    file: str
    title: str
    problems: str
    reference: str
    """The method that the others are compared with."""
    anchor: str
    """The section of ``experiments.md`` about it."""

    def results(self) -> list[Result]:
        """Return the results with readable names of methods."""
        return [replace(result, method=_label(result.method)) for result in _stored(self.file)]


MAIN = Run(
    "2026-11-23-official",
    "Does steering help?",
    "three official samples of each of the 37 tasks",
    "steer:rules",
    "the-real-run",
)
RUNS = (
    MAIN,
    Run(
        "2026-11-30-settling",
        "Do five programs and a vote do as well?",
        "one official sample of each of the 37 tasks, none used before",
        "steer-no-answer-check:rules",
        "2026-11-30-the-run-that-settles-it-begun",
    ),
    Run(
        "2026-11-23-ablations",
        "Which part of steering helps?",
        "one official sample of each task",
        "steer-no-checks:rules",
        "the-real-run",
    ),
    Run(
        "2026-11-23-unseen-guides",
        "Does a trained guide help?",
        "27 generated problems of the nine tasks that no guide was trained on",
        "steer-no-answer-check:rules",
        "2026-11-23-a-guide-of-05-billion-parameters-trained-on-a-laptops-share-of-runs",
    ),
)


@lru_cache
def _stored(file: str) -> tuple[Result, ...]:
    return tuple(read_stored(HERE / "results" / f"{file}.jsonl.gz"))


def _label(method: str) -> str:
    kind, _, guide = method.partition(":")
    return f"{kind}:{ENDPOINTS[guide]}" if guide in ENDPOINTS else method


def page() -> str:
    """Return the text of the page."""
    sections = [INTRO, *("\n".join(_run(run)) for run in RUNS), "\n".join(_attempts()), "\n".join(_tasks())]
    return "\n".join(sections)


def _run(run: Run) -> Iterator[str]:
    results = run.results()
    yield f"## {run.title}\n"
    yield f"On {run.problems}; [more](experiments.md#{run.anchor}).\n"
    head = ["method", "problems", "solved", "any attempt right", "normalised", "tokens in + out", "attempts"]
    yield table(
        head,
        (
            [
                f"`{line.method}`",
                str(line.problems),
                interval(line.strict).replace(" ", "\N{NO-BREAK SPACE}"),
                percent(line.pass_at_k.value) if line.pass_at_k else "",
                score(line.normalised.value if line.normalised else None),
                f"{short(line.cost.input_tokens)} + {short(line.cost.output_tokens)}",
                f"{line.cost.turns:.1f}",
            ]
            for line in sorted(summarise(results), key=lambda line: -line.strict.value)
        ),
    )
    yield ""
    yield from _comparisons(run, results)


def _comparisons(run: Run, results: Sequence[Result]) -> Iterator[str]:
    for other in method_names(results):
        pair = compare(results, run.reference, other) if other != run.reference else None
        if pair is None:
            continue
        chance = "" if pair.more_than_chance else " (chance may explain it)"
        yield (
            f"- `{pair.method}` minus `{other}`, on the same {pair.problems} problems: {signed(pair.normalised)} "
            f"normalised points{chance}; {pair.wins} solved only by the former, {pair.losses} only by the latter."
        )
    yield ""


def _attempts() -> Iterator[str]:
    """Say where right attempts come from, and where they are lost."""
    steered = [r for r in MAIN.results() if r.method == MAIN.reference and r.scored]
    right = [r for r in steered if any(r.turns_right)]
    first = sum(r.turns_right[0] for r in right)
    solved = sum(r.strict == "correct" for r in steered)
    yield "## Where right answers come from, and where they are lost\n"
    yield f"Of the {len(steered)} problems that `{MAIN.reference}` was asked in the first run above:\n"
    yield f"- {first} were right at the first attempt, and {len(right) - first} only at a later one;"
    yield f"- {len(right) - solved} had a right attempt that was not selected in the end;"
    yield (
        f"- {len(steered) - len(right)} had no right attempt at all: no guidance, check or vote could have saved them, "
        "only a better program.\n"
    )


def _tasks() -> Iterator[str]:
    """List the tasks by what steering did for them."""
    results = MAIN.results()
    methods = method_names(results)
    solved = {name: outcomes_by_task(results, name) for name in methods}
    others = [name for name in methods if name != MAIN.reference]
    tasks = sorted(solved[MAIN.reference])
    rates = {task: {name: sum(solved[name].get(task, [])) for name in methods} for task in tasks}
    more = [t for t in tasks if rates[t][MAIN.reference] > max(rates[t][name] for name in others)]
    less = [t for t in tasks if rates[t][MAIN.reference] < max(rates[t][name] for name in others)]
    never = [t for t in tasks if not any(rates[t].values())]
    yield "## By task\n"
    yield "Three problems of each task; one problem more or less is within chance.\n"
    yield f"- Steering solved more than every other method: {_listed(more)}."
    yield f"- Another method solved more than steering: {_listed(less)}."
    yield f"- No method solved any: {_listed(never)}.\n"
    yield table(
        ["task", *(f"`{name}`" for name in methods)],
        (
            [task, *(str(rates[task][name]) for name in methods)]
            for task in tasks
            if any(rates[task].values())
        ),
    )


def _listed(tasks: Sequence[str]) -> str:
    return (
        f"{len(tasks)} tasks ({', '.join(task.replace('_', ' ') for task in tasks)})" if tasks else "no task"
    )


if __name__ == "__main__":
    PAGE.write_text(page() + "\n", encoding="utf-8")
