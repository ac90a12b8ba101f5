"""Call a check, ``def is_correct(answer: str) -> bool``, with answers, and read what it says of each."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

FUNCTION = "is_correct"
MAX_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a check says of one answer."""

    accepted: bool | None
    """None if the check raised an error or returned something else than a bool."""
    reason: str = ""
    """The message of a failed ``assert``, or of the error."""


@dataclass(frozen=True, slots=True)
class CheckCalls:
    """A program that calls a check with answers one after the other."""

    program: str
    answers: tuple[str, ...]
    mark: str
    """Stands before the result in the program's output; it was drawn after the check was written."""


def call_check(check: str, answers: Sequence[str]) -> CheckCalls:
    """Build the program that calls a check with each answer, and with the first one again at the end.

    Args:
        check: a program that defines ``is_correct``.
        answers: what to call it with; at least one answer.
    """
    mark = f"checked-{secrets.token_hex(8)} "
    arguments = f"{json.dumps(list(answers))}, {mark!r}"
    program = f"{check}\n\n{_caller()}\n\ncall_with_answers({FUNCTION}, {arguments})\n"
    return CheckCalls(program, tuple(answers), mark)


def read_opinions(calls: CheckCalls, execution: ExecutionResult) -> Mapping[str, Opinion] | str:
    """Return what the check says of each answer, or why it says nothing.

    A check that ends the program, runs out of its limits, or says something else of the same answer the second time,
    says nothing.
    """
    if execution.status is not ExecutionStatus.OK:
        return f"the check ended with status {execution.status}"
    result = execution.stdout.rpartition(calls.mark)[2].partition("\n")[0]
    try:
        *opinions, again = [_opinion(value) for value in json.loads(result)]
    except (ValueError, TypeError, RecursionError):
        return "the check ended the program before its results were printed"
    if len(opinions) != len(calls.answers):
        return "the check tampered with its results"
    if again.accepted != opinions[0].accepted:
        return "the check contradicts itself"
    return dict(zip(calls.answers, opinions, strict=True))


def _opinion(value: object) -> Opinion:
    accepted, reason = value if isinstance(value, list) and len(value) == 2 else (None, "")
    return Opinion(
        accepted if isinstance(accepted, bool) else None,
        reason[:MAX_REASON_LENGTH] if isinstance(reason, str) else "",
    )


@lru_cache(maxsize=1)
def _caller() -> str:
    return files("codesteer.checkers").joinpath("check_caller.txt").read_text(encoding="utf-8")
