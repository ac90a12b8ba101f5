"""Invented results of methods for tests of the report."""

from typing import Any

from codesteer.evals.plan import new_plan
from codesteer.evals.record import RunRecord, TurnRecord
from codesteer.evals.results import Result, TranscriptMessage
from codesteer.evals.selection import ItemSelection
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


PLAN = new_plan(methods=("code", "steer:rules"), model="m", selection=ItemSelection(), samples=2)
EVIL = "<script>alert(1)</script>"
RESULTS = [
    result(
        "code",
        "letters",
        "1",
        solved=True,
        level=1,
        transcript=(TranscriptMessage(role="assistant", text=EVIL),),
    ),
    result("code", "game24", "1", solved=False, level=2, reason=EVIL),
    result("steer:rules", "letters", "1", solved=True, level=1),
    result("steer:rules", "game24", "1", solved=True, level=2),
]
