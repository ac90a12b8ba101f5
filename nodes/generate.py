"""The task model answers, in text or with a program, as the guide told it."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage

from codesteer.graph.state import State, Turn, history, question_message
from codesteer.guides.decision import Attempt, Decision
from codesteer.guides.evidence import describe_execution
from codesteer.models.asking import Completion, ask
from codesteer.models.reply import extract_answer, extract_program, is_repetitive, without_thoughts
from codesteer.nodes.review import review
from codesteer.nodes.run import Run, Update
from codesteer.prompts.loader import render


async def generate(state: State, run: Run) -> Update:
    """Send the guidance and open a turn with the reply."""
    decision = state["decision"]
    if "guidance" in run.context.review:
        verdict = review("guidance", decision.guidance or f"answer by {decision.mode}")
        if verdict.kind == "reject":
            run.emit("rejected", reason=verdict.text)
            return {"ending": "terminated"}
        if verdict.kind == "edit":
            decision = replace(decision, guidance=verdict.text)
    turns = state.get("turns", [])
    run.emit("generating", turn=len(turns) + 1, mode=decision.mode.value, guidance=decision.guidance)
    messages = conversation(history(state), question_message(state).text, turns, decision)
    completion = await ask_whole(await run.task_model(), messages)
    return {
        "draft": open_turn(len(turns) + 1, decision, completion),
        "usage": {"task": completion.usage},
    }


def open_turn(number: int, decision: Decision, completion: Completion) -> Turn:
    """Return the unfinished turn that a reply begins."""
    program = extract_program(completion.text)
    return Turn(
        number=number,
        decision=decision,
        reply=completion.text,
        program=program,
        answer=None if program is not None else _text_answer(completion),
        usage={"guide": decision.usage, "task": completion.usage},
        seconds=decision.usage.seconds + completion.usage.seconds,
    )


def conversation(
    before: Sequence[AnyMessage], question: str, attempts: Sequence[Attempt], decision: Decision
) -> list[BaseMessage]:
    """Return the task model's side of the run as messages; from turn to turn it only grows at the end."""
    decisions = [*(attempt.decision for attempt in attempts), decision]
    opening = render("task/first", question=question, guidance=_instruction(decisions, 0))
    messages: list[BaseMessage] = [*before, HumanMessage(opening)]
    for index, attempt in enumerate(attempts, 1):
        messages.append(AIMessage(attempt.reply))
        evidence, guidance = _evidence(attempt), _instruction(decisions, index)
        messages.append(HumanMessage(render("task/next", evidence=evidence, guidance=guidance)))
    return messages


async def ask_whole(model: BaseChatModel, messages: Sequence[BaseMessage]) -> Completion:
    """Ask; let a reply that was cut off go on once, then ask for a shorter one."""
    reply = await ask(model, messages)
    if not reply.cut_off:
        return reply
    if not is_repetitive(reply.text):
        more = await ask(model, [*messages, AIMessage(reply.text), HumanMessage(render("task/continue"))])
        reply = _joined(reply, more)
        if not reply.cut_off:
            return reply
    shorter = await ask(model, [*messages, AIMessage(reply.text), HumanMessage(render("task/shorten"))])
    return replace(shorter, usage=reply.usage + shorter.usage)


def _joined(first: Completion, more: Completion) -> Completion:
    """Put the second half behind the first; a code fence that it opens anew would cut the program in two."""
    text = more.text
    if text.lstrip().startswith(("```", "~~~")):
        text = text.lstrip().partition("\n")[2]
    return Completion(first.text + text, more.cut_off, first.usage + more.usage)


def _instruction(decisions: Sequence[Decision], index: int) -> str:
    """Return the guidance and how to reply; the long form only where the mode is new."""
    decision = decisions[index]
    known = index > 0 and decisions[index - 1].mode is decision.mode
    how = render(f"task/{decision.mode}_again" if known else f"task/{decision.mode}")
    return "\n".join(part for part in (decision.guidance, how) if part)


def _evidence(attempt: Attempt) -> str:
    if attempt.execution is not None:
        return describe_execution(attempt.execution)
    return "The program was not run." if attempt.program is not None else ""


def _text_answer(completion: Completion) -> str | None:
    answer = extract_answer(completion.text)
    if answer is None and not completion.cut_off:
        answer = without_thoughts(completion.text).strip()
    return answer or None
