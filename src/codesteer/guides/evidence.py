"""An attempt put into words for a guide's model: what came out and what the checkers say."""

from codesteer.guides.decision import Attempt
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

REPLY_LENGTH = 1500
OUTPUT_LENGTH = 1000
FINDINGS = 4


def describe(attempt: Attempt) -> str:
    """Return the evidence of one attempt, long texts cut in the middle."""
    parts = [clip(attempt.program or attempt.reply, REPLY_LENGTH)]
    if attempt.refusal:
        parts.append(f"A person refused to run it: {attempt.refusal}")
    if attempt.execution is not None:
        parts.append(describe_execution(attempt.execution))
    parts += _reports(attempt)
    return "\n\n".join(parts)


def describe_execution(execution: ExecutionResult) -> str:
    """Say how a program ended and what it printed."""
    output = clip(execution.stdout.strip(), OUTPUT_LENGTH)
    if execution.status is ExecutionStatus.OK:
        return f"The program printed:\n{output}" if output else "The program printed nothing."
    errors = clip(execution.stderr.strip(), OUTPUT_LENGTH)
    how = {
        ExecutionStatus.ERROR: "The program failed",
        ExecutionStatus.TIMEOUT: f"The program was stopped after {execution.wall_seconds:.0f} seconds",
        ExecutionStatus.MEMORY: "The program was stopped: it used too much memory",
        ExecutionStatus.OUTPUT_LIMIT: "The program was stopped: it printed too much",
        ExecutionStatus.KILLED: "The program was killed",
    }[execution.status]
    return f"{how}.\n" + "\n".join(part for part in (output, errors) if part)


def clip(text: str, length: int) -> str:
    """Cut a text in the middle and mark the cut."""
    if len(text) <= length:
        return text
    half = length // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _reports(attempt: Attempt) -> list[str]:
    parts = []
    if attempt.code_report is not None:
        findings = "; ".join(finding.message for finding in attempt.code_report.findings[:FINDINGS])
        origin = f"Symbolic checker: answer {attempt.code_report.answer_origin}"
        parts.append(f"{origin}, complexity {attempt.code_report.complexity:.1f}. {findings}".strip())
    if attempt.answer is not None:
        parts.append(f"Answer: {clip(attempt.answer, OUTPUT_LENGTH)}")
    if attempt.answer_report is not None:
        parts.append(
            f"Answer checker: {attempt.answer_report.verdict}. {attempt.answer_report.reason}".strip()
        )
    return parts
