"""The prompt format of the paper's fine-tuned guide, ``yongchao98/CodeSteer-v1``.

No system message. The first user message poses the task and asks for text or code; every later one holds the
TaskLLM's response with its program's output, the checking agent's feedback and, where there is a program, the summary
of its complexity. The guide answers with ``<<<Code>>>``, ``<<<Text>>>``, ``<<<Return Answer>>>``, ``<<<Terminate>>>``
or guidance of its own between the same marks. The structure is that of the published code; the wording is ours.
"""

import re

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.checkers.complexity import PRETENDS_BELOW
from codesteer.guides.decision import Action, Attempt, Decision, Mode, Situation, waves
from codesteer.guides.dialect import Dialect
from codesteer.guides.evidence import FINDINGS, OUTPUT_LENGTH, REASON_LENGTH, REPLY_LENGTH, clip
from codesteer.guides.history import describe_history
from codesteer.guides.parsing import LONGEST, Choice
from codesteer.prompts.loader import render
from codesteer.replies.answer_marks import last_bracketed
from codesteer.replies.reasoning import strip_reasoning

REPOSITORY = "yongchao98/CodeSteer-v1"
TAGS = {
    Action.CODE: "<<<Code>>>",
    Action.TEXT: "<<<Text>>>",
    Action.RETURN: "<<<Return Answer>>>",
    Action.TERMINATE: "<<<Terminate>>>",
}
TAG_WORDS = {
    "code": Action.CODE,
    "text": Action.TEXT,
    "return answer": Action.RETURN,
    "terminate": Action.TERMINATE,
}
HEADINGS = (
    "The response from TaskLLM is:",
    "The execution result from the generated code is:",
    "The feedback from the checking agent is:",
    "The summary of generated code complexity is:",
    "Decide how the TaskLLM goes on:",
    "The final returned guidance prompt should be",
)
"""Of the format's own sections; they stand in ``prompts/published/next.md`` and ``complexity.md``."""
HEADING = re.compile(
    "|".join(r"\s+".join(map(re.escape, heading.split())) for heading in HEADINGS), re.IGNORECASE
)
ABOUT_CODE = re.compile(r"\b(code|python|program|script)\b", re.IGNORECASE)


def conversation(situation: Situation) -> list[BaseMessage]:
    """Return the guide's side of the run in the published format."""
    question = "\n\n".join(filter(None, [describe_history(situation.history), situation.question]))
    messages: list[BaseMessage] = [HumanMessage(render("published/first", question=question))]
    for wave in waves(situation.attempts):
        messages.append(AIMessage(write(wave[0].decision)))
        messages.append(HumanMessage("\n\n".join(map(_evidence, wave))))
    return messages


def write(decision: Decision) -> str:
    """Write a decision as the published guide would have."""
    return f"<<<{decision.guidance}>>>" if decision.guidance else TAGS.get(decision.action, "<<<Code>>>")


def read(text: str, situation: Situation, cut_off: bool = False) -> Choice | None:
    """Read a reply: what stands between the last marks, else the whole text; None if that is empty, or was cut off.

    Only a tag that stands alone ends a run: guidance that merely mentions returning an answer is guidance. Free
    guidance about programs asks for code; other guidance keeps the mode of the last attempt.
    """
    said = strip_reasoning(text)
    marked = last_bracketed(said)
    guidance = (marked or said)[:LONGEST].strip()
    if not guidance or (cut_off and not marked):
        return None
    if action := TAG_WORDS.get(guidance.lower().strip(" .*")):
        return Choice(action)
    return Choice(_mode_of(guidance, situation), guidance=guidance)


def _mode_of(guidance: str, situation: Situation) -> Action:
    if ABOUT_CODE.search(guidance):
        last_was_code = bool(situation.attempts) and situation.attempts[-1].mode is Mode.CODE
        return Action.IMPROVE if last_was_code else Action.CODE
    return Action.IMPROVE if situation.attempts else Action.TEXT


def _evidence(attempt: Attempt) -> str:
    response = _material(attempt.reply, REPLY_LENGTH)
    if attempt.execution is not None:
        execution = attempt.execution
        output, errors = (_material(part, OUTPUT_LENGTH) for part in (execution.stdout, execution.stderr))
        response += f"\nThe execution result from the generated code is:\noutput: {output}, errors: {errors}"
    checks = (
        f"{report.verdict}: {_material(report.reason, REASON_LENGTH)}" for report in attempt.checks.values()
    )
    check = "; ".join(checks) or "nothing was checked"
    return render("published/next", response=response, check=check, complexity=_complexity(attempt))


def _material(text: str, length: int) -> str:
    """Clip a text of a model or a program, and break the format's own headings in it.

    The published guide was trained without tags around such text, so a forged heading is the one thing to stop.
    """
    return HEADING.sub(lambda found: f"[{found[0].rstrip(':')}]", clip(text.strip(), length))


def _complexity(attempt: Attempt) -> str:
    report = attempt.code_report
    if report is None:
        return ""
    counts = report.counts
    contained = f"{counts.loops} loops, {counts.branches} branches, {counts.calls} calls"
    parts = [f"It has {contained}; complexity {report.complexity:.1f}."]
    parts += [_material(finding.message, REASON_LENGTH) for finding in report.findings[:FINDINGS]]
    if report.complexity < PRETENDS_BELOW:
        parts.append("The generated code may not be complex enough to carry out symbolic computing.")
    return "\n" + render("published/complexity", summary=" ".join(parts)) + "\n"


PUBLISHED = Dialect(name="codesteer-v1", conversation=conversation, read=read, structured=False)
