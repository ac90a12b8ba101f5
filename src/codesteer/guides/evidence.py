"""An attempt put into words for a guide's model: what came out and what the checkers say."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codesteer.guides.decision import Attempt
from codesteer.guides.quoting import Quoter
from codesteer.prompts.loader import render
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

REPLY_LENGTH = 1500
OUTPUT_LENGTH = 1000
REASON_LENGTH = 300
FINDINGS = 4


class Section(NamedTuple):
    """One piece of evidence."""

    headline: str
    """Ours."""
    label: str = ""
    text: str = ""
    """Written by a model, a program or a person."""


def describe(attempt: Attempt) -> str:
    """Return the evidence of one attempt, long texts cut in the middle.

    What models, programs and people wrote stands between tags that it cannot contain, so that it cannot forge a
    report.
    """
    sections = list(_sections(attempt))
    quoter = Quoter.for_texts(section.text for section in sections)
    lines = [
        f"{section.headline}\n{quoter.quote(section.label, section.text)}"
        if section.text
        else section.headline
        for section in sections
    ]
    return render("guide/evidence", tag=quoter.tag, evidence="\n".join(lines))


def describe_wave(wave: Sequence[Attempt]) -> str:
    """Return the evidence of all candidates of one decision; of a single one as it is."""
    if len(wave) == 1:
        return describe(wave[0])
    parts = (f"Candidate {number} of {len(wave)}:\n{describe(one)}" for number, one in enumerate(wave, 1))
    return "\n\n".join(parts)


def describe_execution(execution: ExecutionResult) -> str:
    """Say how a program ended and what it printed, for the model that wrote it."""
    output = clip(execution.stdout.strip(), OUTPUT_LENGTH)
    if execution.status is ExecutionStatus.OK:
        return f"The program printed:\n{output}" if output else "The program printed nothing."
    errors = clip(execution.stderr.strip(), OUTPUT_LENGTH)
    return f"{_failure(execution)}.\n" + "\n".join(part for part in (output, errors) if part)


def clip(text: str, length: int) -> str:
    """Cut a text in the middle and mark the cut."""
    if len(text) <= length:
        return text
    half = length // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _sections(attempt: Attempt) -> Iterator[Section]:
    if attempt.program is not None:
        yield Section("The worker's program:", "program", clip(attempt.program, REPLY_LENGTH))
    else:
        yield Section("The worker's reply:", "reply", clip(attempt.reply, REPLY_LENGTH))
    if attempt.refusal:
        yield Section("A person refused to run it:", "refusal", clip(attempt.refusal, REASON_LENGTH))
    if attempt.execution is not None:
        yield from _of_execution(attempt.execution)
    yield from _reports(attempt)


def _of_execution(execution: ExecutionResult) -> Iterator[Section]:
    succeeded = execution.status is ExecutionStatus.OK
    output = clip(execution.stdout.strip(), OUTPUT_LENGTH)
    if not succeeded:
        yield Section(f"{_failure(execution)}.")
    yield Section("The program printed:" if output else "The program printed nothing.", "output", output)
    if not succeeded and (errors := clip(execution.stderr.strip(), OUTPUT_LENGTH)):
        yield Section("Its standard error:", "errors", errors)


def _failure(execution: ExecutionResult) -> str:
    return {
        ExecutionStatus.ERROR: "The program failed",
        ExecutionStatus.TIMEOUT: f"The program was stopped after {execution.wall_seconds:.0f} seconds",
        ExecutionStatus.MEMORY: "The program was stopped: it used too much memory",
        ExecutionStatus.OUTPUT_LIMIT: "The program was stopped: it printed too much",
        ExecutionStatus.KILLED: "The program was killed",
    }[execution.status]


def _reports(attempt: Attempt) -> Iterator[Section]:
    if report := attempt.code_report:
        found = "; ".join(finding.message for finding in report.findings[:FINDINGS])
        headline = f"Symbolic checker: answer {report.answer_origin}, complexity {report.complexity:.1f}."
        yield Section(headline, "findings", found)
    if attempt.answer is not None:
        yield Section("Answer:", "answer", clip(attempt.answer, OUTPUT_LENGTH))
    for name, check in attempt.checks.items():
        yield Section(
            f"{name.capitalize()} checker: {check.verdict}.", "reason", clip(check.reason, REASON_LENGTH)
        )
