"""Describe attempts to a guide's model: what came out of them and what the checkers reported."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codesteer.guides.attempt import Attempt
from codesteer.guides.delimiters import Delimiter
from codesteer.guides.truncation import truncate_middle
from codesteer.prompts.loader import render
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

SHOWN_REPLY_LENGTH = 1500
SHOWN_OUTPUT_LENGTH = 1000
SHOWN_REASON_LENGTH = 300
SHOWN_FINDINGS = 4


class EvidenceItem(NamedTuple):
    """One piece of evidence."""

    heading: str
    """Trusted text, written by codesteer."""
    label: str = ""
    text: str = ""
    """Untrusted text, written by a model, a program or a person."""


def describe_attempt(attempt: Attempt) -> str:
    """Return the evidence of one attempt, long texts truncated.

    Text from models, programs and people is wrapped in tags that it cannot contain, so that it cannot forge a report.
    """
    items = list(_items(attempt))
    delimiter = Delimiter.for_texts(item.text for item in items)
    lines = [
        f"{item.heading}\n{delimiter.wrap(item.label, item.text)}" if item.text else item.heading
        for item in items
    ]
    return render("guide/evidence", tag=delimiter.suffix, evidence="\n".join(lines))


def describe_wave(wave: Sequence[Attempt]) -> str:
    """Return the evidence of all candidates of one decision; a single one is not numbered."""
    if len(wave) == 1:
        return describe_attempt(wave[0])
    parts = (
        f"Candidate {number} of {len(wave)}:\n{describe_attempt(one)}" for number, one in enumerate(wave, 1)
    )
    return "\n\n".join(parts)


def describe_execution(execution: ExecutionResult) -> str:
    """Tell the model that wrote a program how it ended and what it printed."""
    output = truncate_middle(execution.stdout.strip(), SHOWN_OUTPUT_LENGTH)
    if execution.status is ExecutionStatus.OK:
        printed = f"The program printed:\n{output}" if output else "The program printed nothing."
        return "\n".join(filter(None, [printed, describe_artifacts(execution)]))
    errors = truncate_middle(execution.stderr.strip(), SHOWN_OUTPUT_LENGTH)
    return f"{_failure(execution)}.\n" + "\n".join(part for part in (output, errors) if part)


def describe_artifacts(execution: ExecutionResult) -> str:
    """Say which files a program wrote; empty if it wrote none."""
    files = ", ".join(f"{file.name!r} ({file.size:,} bytes)" for file in execution.artifacts)
    return f"It wrote {files}." if files else ""


def _items(attempt: Attempt) -> Iterator[EvidenceItem]:
    if attempt.program is not None:
        program = truncate_middle(attempt.program, SHOWN_REPLY_LENGTH)
        author = "The worker's" if attempt.recalled is None else "The remembered"
        yield EvidenceItem(f"{author} program:", "program", program)
    else:
        yield EvidenceItem("The worker's reply:", "reply", truncate_middle(attempt.reply, SHOWN_REPLY_LENGTH))
    if attempt.refusal:
        refusal = truncate_middle(attempt.refusal, SHOWN_REASON_LENGTH)
        yield EvidenceItem("A person refused to run it:", "refusal", refusal)
    if attempt.execution is not None:
        yield from _execution_items(attempt.execution)
    yield from _report_items(attempt)


def _execution_items(execution: ExecutionResult) -> Iterator[EvidenceItem]:
    succeeded = execution.status is ExecutionStatus.OK
    output = truncate_middle(execution.stdout.strip(), SHOWN_OUTPUT_LENGTH)
    if not succeeded:
        yield EvidenceItem(f"{_failure(execution)}.")
    yield EvidenceItem("The program printed:" if output else "The program printed nothing.", "output", output)
    if execution.artifacts:
        yield EvidenceItem("It wrote files:", "files", describe_artifacts(execution))
    if not succeeded and (errors := truncate_middle(execution.stderr.strip(), SHOWN_OUTPUT_LENGTH)):
        yield EvidenceItem("Its standard error:", "errors", errors)


def _failure(execution: ExecutionResult) -> str:
    return {
        ExecutionStatus.ERROR: "The program failed",
        ExecutionStatus.TIMEOUT: f"The program was stopped after {execution.wall_seconds:.0f} seconds",
        ExecutionStatus.MEMORY: "The program was stopped: it used too much memory",
        ExecutionStatus.OUTPUT_LIMIT: "The program was stopped: it printed too much",
        ExecutionStatus.KILLED: "The program was killed",
    }[execution.status]


def _report_items(attempt: Attempt) -> Iterator[EvidenceItem]:
    if report := attempt.code_report:
        findings = "; ".join(finding.message for finding in report.findings[:SHOWN_FINDINGS])
        heading = f"Symbolic checker: answer {report.answer_origin}, complexity {report.complexity:.1f}."
        yield EvidenceItem(heading, "findings", findings)
    if attempt.answer is not None:
        yield EvidenceItem("Answer:", "answer", truncate_middle(attempt.answer, SHOWN_OUTPUT_LENGTH))
    for name, answer_report in attempt.answer_reports.items():
        heading = f"{name.capitalize()} checker: {answer_report.verdict}."
        yield EvidenceItem(heading, "reason", truncate_middle(answer_report.reason, SHOWN_REASON_LENGTH))
