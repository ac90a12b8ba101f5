"""The task model writes a turn: it is sent the conversation, and its reply is read."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.graph.state import State, Turn, history, question_message
from codesteer.guides.decision import Decision, Mode
from codesteer.models.completion import Completion, Model, ask
from codesteer.models.usage import Usage
from codesteer.nodes.bounds import bounded_decision, bounded_turn
from codesteer.nodes.conversation import conversation
from codesteer.nodes.review import GUIDANCE, review
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.prompts.loader import render
from codesteer.replies.answers import text_answer
from codesteer.replies.continuation import join_continuation
from codesteer.replies.programs import extract_program
from codesteer.replies.reasoning import strip_reasoning
from codesteer.replies.repetition import is_repetitive

RETRY_TEMPERATURE = 0.7
"""Of a greedy model's later turns."""


async def write(state: State, runtime: NodeRuntime) -> Update:
    """Send the guidance and open a turn with the reply.

    Of several candidates each is an attempt of its own: the second and later ones are sampled, and none sees another.
    """
    decision = state["decision"]
    if "guidance" in runtime.context.review:
        (decided,) = review(GUIDANCE, [decision.guidance or f"answer by {decision.mode}"])
        if decided.kind == "reject":
            runtime.emit("rejected", reason=decided.text)
            return {"stop_reason": "terminated"}
        if decided.kind == "edit":
            decision = bounded_decision(replace(decision, guidance=decided.text))
    turns, candidate = state.get("turns", []), state.get("candidate", 0)
    number = len(turns) + 1 + candidate
    runtime.emit("generating", turn=number, mode=decision.mode.value, guidance=decision.guidance)
    question = question_message(state).text
    messages = conversation(history(state), question, turns, decision, await runtime.packages())
    model = sampled(await runtime.task_model(), number, runtime.context.retry_temperature)
    completion = await ask_whole(model, messages, decision.mode)
    own = decision if candidate == 0 else replace(decision, start_over=True, usage=Usage())
    turn = replace(open_turn(number, own, completion), candidate=candidate)
    return {"current": [turn], "usage": {"task": completion.usage}}


def open_turn(number: int, decision: Decision, completion: Completion, *, runs_code: bool = True) -> Turn:
    """Return the unfinished turn that a reply begins; the thoughts in it are dropped here, for all that follows.

    Args:
        number: the turn's number.
        decision: what the reply answers to.
        completion: the reply.
        runs_code: a program in the reply is to run; otherwise it is text like the rest.
    """
    reply = strip_reasoning(completion.text)
    program = extract_program(completion.text) if runs_code else None
    turn = Turn(
        number=number,
        decision=decision,
        reply=reply,
        program=program,
        answer=None if program is not None else text_answer(reply, truncated=completion.truncated),
        usage={"guide": decision.usage, "task": completion.usage},
        seconds=decision.usage.seconds + completion.usage.seconds,
    )
    return bounded_turn(turn)


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
    if not reply.truncated or is_repetitive(reply.text):
        return reply
    if mode is Mode.CODE:
        more = await ask(model, [*messages, AIMessage(reply.text), HumanMessage(render("task/continue"))])
        reply = Completion(join_continuation(reply.text, more.text), more.truncated, reply.usage + more.usage)
        if not reply.truncated:
            return reply
    request = HumanMessage(render("task/shorten" if mode is Mode.CODE else "task/shorten_text"))
    shorter = await ask(model, [*messages, AIMessage(reply.text), request])
    return replace(shorter, usage=reply.usage + shorter.usage)
