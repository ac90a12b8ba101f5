"""Answer questions through Inspect, one JSON line each; in a separate process, because Inspect leaves sockets open."""

import json
import os
import sys
from typing import Any

import inspect_ai
from inspect_ai import Task
from inspect_ai.dataset import Sample

from codesteer.evals.engine.registry import answer_with, codesteer
from codesteer.evals.record import RECORD_KEY

assert codesteer  # imported so that Inspect knows the provider


def answered(job: dict[str, Any], logs: str) -> dict[str, Any]:
    solver = answer_with(job["method"], **job["settings"])
    task = Task(dataset=[Sample(input=job["question"])], solver=solver)
    (log,) = inspect_ai.eval(
        task, model=job["model"], log_dir=logs, display="none", log_level="error", max_retries=0
    )
    (sample,) = log.samples or []
    if sample.error is not None:
        return {"error": sample.error.message}
    return {"record": sample.metadata[RECORD_KEY], "completion": sample.output.completion}


def main(logs: str) -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr
    for line in sys.stdin:
        try:
            answer = answered(json.loads(line), logs)
        except Exception as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
