"""The prompt format of the paper's fine-tuned guide, ``yongchao98/CodeSteer-v1``.

There is no system message. The first user message states the task and asks for text or code; every later one contains
the TaskLLM's response with its program's output, the checking agent's feedback and, if there is a program, a summary of
its complexity. The guide answers with ``<<<Code>>>``, ``<<<Text>>>``, ``<<<Return Answer>>>``, ``<<<Terminate>>>`` or
its own guidance between the same marks. The structure is that of the published code; the wording is ours.
"""

import re

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.checkers.complexity import PRETENDS_BELOW
from codesteer.guides.attempt import Attempt, waves
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.evidence import (
    SHOWN_FINDINGS,
    SHOWN_OUTPUT_LENGTH,
    SHOWN_REASON_LENGTH,
    SHOWN_REPLY_LENGTH,
)
from codesteer.guides.history import describe_history
from codesteer.guides.parsing import MAX_REPLY_LENGTH, ParsedDecision
from codesteer.guides.port import GuideInput
from codesteer.guides.prompt_format import PromptFormat
from codesteer.guides.truncation import truncate_middle
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
"""The headings of the format's own sections, from ``prompts/published/next.md`` and ``complexity.md``."""
HEADING = re.compile(
    "|".join(r"\s+".join(map(re.escape, heading.split())) for heading in HEADINGS), re.IGNORECASE
)
MENTIONS_CODE = re.compile(r"\b(code|python|program|script)\b", re.IGNORECASE)


def guide_messages(guide_input: GuideInput) -> list[BaseMessage]:
    """Build the guide's conversation in the published format."""
    question = "\n\n".join(filter(None, [describe_history(guide_input.history), guide_input.question]))
    messages: list[BaseMessage] = [HumanMessage(render("published/first", question=question))]
    for wave in waves(guide_input.attempts):
        messages.append(AIMessage(decision_text(wave[0].decision)))
        messages.append(HumanMessage("\n\n".join(map(_describe_attempt, wave))))
    return messages


def decision_text(decision: Decision) -> str:
    """Write a decision as the published guide would."""
    return f"<<<{decision.guidance}>>>" if decision.guidance else TAGS.get(decision.action, "<<<Code>>>")


def parse_reply(text: str, guide_input: GuideInput, truncated: bool = False) -> ParsedDecision | None:
    """Parse the text between the last marks, else the whole reply; None if it is empty, or truncated without marks.

    Only a tag on its own ends a run: guidance that merely mentions returning an answer is guidance. Free guidance that
    mentions programs asks for code; any other guidance keeps the mode of the last attempt.
    """
    reply = strip_reasoning(text)
    marked = last_bracketed(reply)
    guidance = (marked or reply)[:MAX_REPLY_LENGTH].strip()
    if not guidance or (truncated and not marked):
        return None
    if action := TAG_WORDS.get(guidance.lower().strip(" .*")):
        return ParsedDecision(action)
    return ParsedDecision(_action_for(guidance, guide_input), guidance=guidance)


def _action_for(guidance: str, guide_input: GuideInput) -> Action:
    if MENTIONS_CODE.search(guidance):
        last_was_code = bool(guide_input.attempts) and guide_input.attempts[-1].mode is Mode.CODE
        return Action.IMPROVE if last_was_code else Action.CODE
    return Action.IMPROVE if guide_input.attempts else Action.TEXT


def _describe_attempt(attempt: Attempt) -> str:
    response = _untrusted(attempt.reply, SHOWN_REPLY_LENGTH)
    if attempt.execution is not None:
        execution = attempt.execution
        output, errors = (
            _untrusted(stream, SHOWN_OUTPUT_LENGTH) for stream in (execution.stdout, execution.stderr)
        )
        response += f"\nThe execution result from the generated code is:\noutput: {output}, errors: {errors}"
    reports = (
        f"{report.verdict}: {_untrusted(report.reason, SHOWN_REASON_LENGTH)}"
        for report in attempt.answer_reports.values()
    )
    check = "; ".join(reports) or "nothing was checked"
    return render("published/next", response=response, check=check, complexity=_complexity(attempt))


def _untrusted(text: str, length: int) -> str:
    """Truncate text from a model or a program, and break up any of the format's own headings in it.

    The published guide was trained without tags around such text, so a forged heading is the one thing to prevent.
    """
    return HEADING.sub(lambda found: f"[{found[0].rstrip(':')}]", truncate_middle(text.strip(), length))


def _complexity(attempt: Attempt) -> str:
    report = attempt.code_report
    if report is None:
        return ""
    counts = report.counts
    contained = f"{counts.loops} loops, {counts.branches} branches, {counts.calls} calls"
    parts = [f"It has {contained}; complexity {report.complexity:.1f}."]
    parts += [
        _untrusted(finding.message, SHOWN_REASON_LENGTH) for finding in report.findings[:SHOWN_FINDINGS]
    ]
    if report.complexity < PRETENDS_BELOW:
        parts.append("The generated code may not be complex enough to carry out symbolic computing.")
    return "\n" + render("published/complexity", summary=" ".join(parts)) + "\n"


PUBLISHED_FORMAT = PromptFormat(
    name="codesteer-v1", build_messages=guide_messages, parse_reply=parse_reply, structured_output=False
)
