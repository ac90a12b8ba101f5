"""The prompt format of the paper's fine-tuned guide, ``yongchao98/CodeSteer-v1``.

No system message. The first user message poses the task and asks for text or code; every later one holds the
TaskLLM's response with its program's output, the checking agent's feedback and, where there is a program, the summary
of its complexity. The guide answers with ``<<<Code>>>``, ``<<<Text>>>``, ``<<<Return Answer>>>``, ``<<<Terminate>>>``
or guidance of its own between the same marks. The structure is that of the published code; the wording is ours.
"""

import re

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.checkers.complexity import PRETENDS_BELOW
from codesteer.guides.decision import Action, Attempt, Decision, Mode, Situation
from codesteer.guides.dialect import Dialect
from codesteer.guides.evidence import FINDINGS, OUTPUT_LENGTH, REPLY_LENGTH, clip
from codesteer.guides.parsing import Choice
from codesteer.prompts.loader import render
from codesteer.replies.marks import last_bracketed
from codesteer.replies.thoughts import without_thoughts

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
ABOUT_CODE = re.compile(r"\b(code|python|program|script)\b", re.IGNORECASE)


def conversation(situation: Situation) -> list[BaseMessage]:
    """Return the guide's side of the run in the published format."""
    messages: list[BaseMessage] = [HumanMessage(render("published/first", question=situation.question))]
    for attempt in situation.attempts:
        messages.append(AIMessage(write(attempt.decision)))
        messages.append(HumanMessage(_evidence(attempt)))
    return messages


def write(decision: Decision) -> str:
    """Write a decision as the published guide would have."""
    return f"<<<{decision.guidance}>>>" if decision.guidance else TAGS.get(decision.action, "<<<Code>>>")


def read(text: str, situation: Situation) -> Choice | None:
    """Read a reply: what stands between the last marks, else the whole text; None if that is empty.

    Only a tag that stands alone ends a run: guidance that merely mentions returning an answer is guidance. Free
    guidance about programs asks for code; other guidance keeps the mode of the last attempt.
    """
    said = without_thoughts(text)
    guidance = last_bracketed(said) or said.strip()
    if not guidance:
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
    response = clip(attempt.reply, REPLY_LENGTH)
    if attempt.execution is not None:
        output, errors = (
            clip(part.strip(), OUTPUT_LENGTH) for part in (attempt.execution.stdout, attempt.execution.stderr)
        )
        response += f"\nThe execution result from the generated code is:\noutput: {output}, errors: {errors}"
    report = attempt.answer_report
    check = f"{report.verdict}: {report.reason}" if report is not None else "nothing was checked"
    return render("published/next", response=response, check=check, complexity=_complexity(attempt))


def _complexity(attempt: Attempt) -> str:
    report = attempt.code_report
    if report is None:
        return ""
    used = ", ".join(technique.kind for technique in report.techniques) or "no technique"
    parts = [f"It uses {used}; complexity {report.complexity:.1f}."]
    parts += [finding.message for finding in report.findings[:FINDINGS]]
    if report.complexity < PRETENDS_BELOW:
        parts.append("The generated code may not be complex enough to carry out symbolic computing.")
    return "\n" + render("published/complexity", summary=" ".join(parts)) + "\n"


PUBLISHED = Dialect(name="codesteer-v1", conversation=conversation, read=read, structured=False)
