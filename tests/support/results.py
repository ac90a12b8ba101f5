"""Invented results of methods for tests of the report."""

from typing import Any

from codesteer.evals.record import RunRecord, TurnRecord
from codesteer.evals.results import Result, TranscriptMessage
from codesteer.models.usage import Usage


def turn(mode: str = "code", **fields: Any) -> TurnRecord:
    values: dict[str, Any] = {"action": mode, "guided": mode, "mode": mode, "answer": "1"}
    return TurnRecord(**{**values, **fields})


def result(method: str, task: str = "letters", item: str = "1", *, solved: bool, **fields: Any) -> Result:
    values: dict[str, Any] = {
        "model": "m",
        "level": 1,
        "strict": "correct" if solved else "wrong",
        "published": "correct" if solved else "wrong",
        "run": RunRecord(
            outcome="returned",
            answer="1",
            turns=(turn(),),
            usage={"task": Usage(calls=1, input_tokens=100, output_tokens=50)},
            model_seconds=2.0,
            sandbox_seconds=0.5,
        ),
        "transcript": (TranscriptMessage(role="user", text="How many?"),),
    }
    return Result(method=method, task=task, item=f"{task}/{item}", **{**values, **fields})
