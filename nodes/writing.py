"""Have the task model write a turn: send it the conversation and parse its reply."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.checkers.question_choices import as_choice
from codesteer.graph.context import Context
from codesteer.graph.history import history
from codesteer.graph.input_files import question_text
from codesteer.graph.state import State, Turn, bare_question, own_turns
from codesteer.guides.decision import Decision, Mode
from codesteer.models.completion import Completion, Model, ask
from codesteer.nodes.review import SEND_GUIDANCE, request_review
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.task_messages import task_messages
from codesteer.nodes.truncation import truncate_decision, truncate_turn
from codesteer.prompts.loader import render
from codesteer.replies.answers import text_answer
from codesteer.replies.blocks import find_blocks
from codesteer.replies.continuation import join_continuation
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.program_detection import is_program_text
from codesteer.replies.programs import extract_program
from codesteer.replies.reasoning import strip_reasoning
from codesteer.replies.repetition import is_repetitive
from codesteer.replies.syntax import Parser

DEFAULT_RETRY_TEMPERATURE = 0.7
"""Temperature of a greedy model from the second turn on."""


async def write_turn(state: State, runtime: NodeRuntime) -> Update:
    """Send the guidance and start a turn from the reply.

    Candidates are independent: none sees another, and all but the first use the retry temperature.
    """
    turns, candidate = state.get("turns", []), state.get("candidate", 0)
    decision = state["decision"].for_candidate(candidate)
    number = len(turns) + 1 + candidate
    if "guidance" in runtime.context.review:
        (review,) = request_review(SEND_GUIDANCE, [decision.guidance or f"answer by {decision.mode}"])
        if review.kind == "reject":
            runtime.emit("rejected", turn=number, reason=review.text)
            return {"stop_reason": "terminated"}
        if review.kind == "edit":
            decision = truncate_decision(replace(decision, guidance=review.text))
    runtime.emit("generating", turn=number, mode=decision.mode.value, guidance=decision.guidance)
    question = question_text(state)
    own = own_turns(turns)
    messages = task_messages(
        history(state), question, own, decision, await runtime.packages(), runtime.example(state)
    )
    model = with_sampling(await runtime.task_model(), len(own) + 1 + candidate, runtime.context)
    completion = await ask_with_continuation(model, messages, decision.mode)
    if candidate > 0:
        decision = replace(decision, start_over=True)  # later turns see one candidate's conversation, not all
    started = start_turn(number, decision, completion, question=bare_question(state))
    turn = replace(started, candidate=candidate)
    return {"current": [turn], "usage": {"task": completion.usage}}


def start_turn(
    number: int, decision: Decision, completion: Completion, *, question: str, runs_code: bool = True
) -> Turn:
    """Start a turn from a reply, without its reasoning.

    Args:
        number: the turn's number.
        decision: the decision that led to the reply.
        completion: the reply.
        question: the question's text; of its choices the answer is named as programs' answers are.
        runs_code: whether a program in the reply will run; otherwise it counts as text.
    """
    reply = strip_reasoning(completion.text)
    program = extract_program(completion.text) if runs_code and not _is_fragment(completion) else None
    answer = None if program is not None else text_answer(reply, truncated=completion.incomplete)
    turn = Turn(
        number=number,
        decision=decision,
        reply=reply,
        program=program,
        answer=None if answer is None else as_choice(question, answer),
        usage={"guide": decision.usage, "task": completion.usage},
        seconds=decision.usage.seconds + completion.usage.seconds,
    )
    return truncate_turn(turn)


def _is_fragment(completion: Completion) -> bool:
    """Return whether a reply was cut inside its program, whose beginning may run and print another answer."""
    if not completion.cut:
        return False
    text = strip_reasoning(normalize_newlines(completion.text))
    blocks = find_blocks(text, Parser())
    return is_program_text(text) or not (blocks and blocks[-1].closed)


def with_sampling(model: Model, turn: int, context: Context) -> Model:
    """Bind the temperature of a turn to the task model: the context's, then the retry temperature."""
    if context.temperature is None or (turn > 1 and context.retry_temperature is not None):
        return with_retry_sampling(model, turn, context.retry_temperature)
    retry = DEFAULT_RETRY_TEMPERATURE if context.temperature == 0 else context.temperature
    first = model.bind(temperature=context.temperature)
    return first if turn == 1 else with_retry_sampling(model, turn, retry)


def with_retry_sampling(model: Model, turn: int, temperature: float | None) -> Model:
    """Bind the retry temperature and a seed of its own to the model, from the second turn on.

    Without a retry temperature, a greedy model gets ``DEFAULT_RETRY_TEMPERATURE``, because at 0 a second attempt would
    repeat the first; any other model keeps its own.
    """
    if temperature is None and getattr(model, "temperature", None) == 0:
        temperature = DEFAULT_RETRY_TEMPERATURE
    if turn == 1 or temperature is None:
        return model
    seed = getattr(model, "seed", None)
    return model.bind(temperature=temperature, **({"seed": seed + turn} if seed is not None else {}))


async def ask_with_continuation(
    model: Model, messages: Sequence[BaseMessage], mode: Mode = Mode.CODE
) -> Completion:
    """Ask; have a truncated program continued once, then ask for a shorter reply.

    A reply that a content filter or a failure cut stays as it is: it would be cut again.
    A repetitive reply stays as it is: in tests, neither continuing nor shortening it helped.
    """
    reply = await ask(model, messages)
    if not reply.truncated or is_repetitive(reply.text):
        return reply
    if mode is Mode.CODE:
        more = await ask(model, [*messages, AIMessage(reply.text), HumanMessage(render("task/continue"))])
        text, usage = join_continuation(reply.text, more.text), reply.usage + more.usage
        reply = Completion(text, more.truncated, usage, cut=more.cut)
        if not reply.truncated:
            return reply
    request = HumanMessage(render("task/shorten" if mode is Mode.CODE else "task/shorten_text"))
    shorter = await ask(model, [*messages, AIMessage(reply.text), request])
    return replace(shorter, usage=reply.usage + shorter.usage)
