"""The task model answers, in text or with a program, as the guide told it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage

from codesteer.graph.state import State, Turn, history, question_message
from codesteer.guides.decision import Attempt, Decision, Mode
from codesteer.guides.evidence import describe_execution
from codesteer.models.asking import Completion, Model, ask
from codesteer.nodes.bounds import bounded_decision, bounded_turn
from codesteer.nodes.review import review
from codesteer.nodes.run import Run, Update
from codesteer.prompts.loader import fill, render
from codesteer.replies.answers import text_answer
from codesteer.replies.continuing import joined
from codesteer.replies.programs import extract_program
from codesteer.replies.repetition import is_repetitive
from codesteer.replies.thoughts import without_thoughts

RETRY_TEMPERATURE = 0.7
"""Of a greedy model's later turns."""


async def generate(state: State, run: Run) -> Update:
    """Send the guidance and open a turn with the reply."""
    decision = state["decision"]
    if "guidance" in run.context.review:
        verdict = review("guidance", decision.guidance or f"answer by {decision.mode}")
        if verdict.kind == "reject":
            run.emit("rejected", reason=verdict.text)
            return {"ending": "terminated"}
        if verdict.kind == "edit":
            decision = bounded_decision(replace(decision, guidance=verdict.text))
    turns = state.get("turns", [])
    run.emit("generating", turn=len(turns) + 1, mode=decision.mode.value, guidance=decision.guidance)
    question = question_message(state).text
    orders = {Mode.CODE: fill(run.context.code_prompt), Mode.TEXT: fill(run.context.text_prompt)}
    messages = conversation(history(state), question, turns, decision, await run.packages(), orders)
    model = sampled(await run.task_model(), len(turns) + 1, run.context.retry_temperature)
    completion = await ask_whole(model, messages, decision.mode)
    return {
        "draft": open_turn(len(turns) + 1, decision, completion),
        "usage": {"task": completion.usage},
    }


def open_turn(number: int, decision: Decision, completion: Completion, *, runs_code: bool = True) -> Turn:
    """Return the unfinished turn that a reply begins; the thoughts in it are dropped here, for all that follows.

    Args:
        number: the turn's number.
        decision: what the reply answers to.
        completion: the reply.
        runs_code: a program in the reply is to run; otherwise it is text like the rest.
    """
    reply = without_thoughts(completion.text)
    program = extract_program(completion.text) if runs_code else None
    turn = Turn(
        number=number,
        decision=decision,
        reply=reply,
        program=program,
        answer=None if program is not None else text_answer(reply, cut_off=completion.cut_off),
        usage={"guide": decision.usage, "task": completion.usage},
        seconds=decision.usage.seconds + completion.usage.seconds,
    )
    return bounded_turn(turn)


def conversation(
    before: Sequence[AnyMessage],
    question: str,
    attempts: Sequence[Attempt],
    decision: Decision,
    packages: Sequence[str] = (),
    orders: Mapping[Mode, str] | None = None,
) -> list[BaseMessage]:
    """Return the task model's side of the run as messages.

    From turn to turn it only grows at the end, so that prompt caches hit, until a decision starts over.

    Args:
        before: the conversation before the question.
        question: the question's text.
        attempts: what was tried so far.
        decision: what is to be done next.
        packages: third-party packages that programs may import.
        orders: how to answer, by mode; None: the templates.
    """
    attempts = since_fresh_start(attempts, decision)
    decisions = [*(attempt.decision for attempt in attempts), decision]
    opening = render("task/first", question=question, guidance=_instruction(decisions, 0, packages, orders))
    messages: list[BaseMessage] = [*before, HumanMessage(opening)]
    for index, attempt in enumerate(attempts, 1):
        messages.append(AIMessage(attempt.reply))
        evidence, guidance = _evidence(attempt), _instruction(decisions, index, packages, orders)
        messages.append(HumanMessage(render("task/next", evidence=evidence, guidance=guidance)))
    return messages


def since_fresh_start(attempts: Sequence[Attempt], decision: Decision) -> Sequence[Attempt]:
    """Return the attempts that the task model is to see: those since it last started over."""
    if decision.start_over:
        return ()
    fresh = [index for index, attempt in enumerate(attempts) if attempt.decision.start_over]
    return attempts[fresh[-1] :] if fresh else attempts


def sampled(model: Model, turn: int, temperature: float | None) -> Model:
    """Return the model as a turn asks it: from the second turn on at the temperature for retries.

    Without one, a greedy model takes ``RETRY_TEMPERATURE``: at 0 it would answer like requests with the same words,
    and a second attempt would say nothing new. Any other model keeps its own. Each turn has its own seed.
    """
    if temperature is None and getattr(model, "temperature", None) == 0:
        temperature = RETRY_TEMPERATURE
    if turn == 1 or temperature is None:
        return model
    seed = getattr(model, "seed", None)
    return model.bind(temperature=temperature, **({"seed": seed + turn} if seed is not None else {}))


async def ask_whole(model: Model, messages: Sequence[BaseMessage], mode: Mode = Mode.CODE) -> Completion:
    """Ask; let a program that was cut off go on once, then ask for a shorter reply.

    A reply that goes round in circles stays as it is: neither more of it nor a shorter one was seen to help.
    """
    reply = await ask(model, messages)
    if not reply.cut_off or is_repetitive(reply.text):
        return reply
    if mode is Mode.CODE:
        more = await ask(model, [*messages, AIMessage(reply.text), HumanMessage(render("task/continue"))])
        reply = Completion(joined(reply.text, more.text), more.cut_off, reply.usage + more.usage)
        if not reply.cut_off:
            return reply
    request = HumanMessage(render("task/shorten" if mode is Mode.CODE else "task/shorten_text"))
    shorter = await ask(model, [*messages, AIMessage(reply.text), request])
    return replace(shorter, usage=reply.usage + shorter.usage)


def how_to_answer(mode: Mode, packages: Sequence[str] = (), orders: Mapping[Mode, str] | None = None) -> str:
    """Return what the task model is told about its reply where the mode is new.

    Args:
        mode: text or a program.
        packages: third-party packages that programs may import.
        orders: how to answer, by mode; None: the templates.
    """
    order = orders[mode] if orders else render(f"task/{mode}")
    return "\n".join(filter(None, [order, package_line(packages) if mode is Mode.CODE else ""]))


def package_line(packages: Sequence[str]) -> str:
    """Say which packages a program may import; empty where there are none."""
    return render("task/packages", packages=", ".join(packages)) if packages else ""


def _instruction(
    decisions: Sequence[Decision], index: int, packages: Sequence[str], orders: Mapping[Mode, str] | None
) -> str:
    """Return the guidance and how to reply; the long form only where the mode is new."""
    decision = decisions[index]
    known = index > 0 and decisions[index - 1].mode is decision.mode
    how = render(f"task/{decision.mode}_again") if known else how_to_answer(decision.mode, packages, orders)
    return "\n".join(filter(None, [decision.guidance, how]))


def _evidence(attempt: Attempt) -> str:
    if attempt.execution is not None:
        return describe_execution(attempt.execution)
    return "The program was not run." if attempt.program is not None else ""
