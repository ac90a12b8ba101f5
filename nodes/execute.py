"""The turn's program runs in the sandbox."""

from dataclasses import replace

from codesteer.graph.budget import seconds_left
from codesteer.graph.context import Context
from codesteer.graph.state import State, Turn, question_message
from codesteer.nodes.bounds import bounded_turn
from codesteer.nodes.review import review
from codesteer.nodes.run import Run, Update
from codesteer.replies.answers import output_answer
from codesteer.replies.programs import program_of
from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.variables import bind


async def execute(state: State, run: Run) -> Update:
    """Run the program with the question's text in ``QUESTION`` and read the answer from its output."""
    draft = open_draft(state)
    program = draft.program or ""
    if "code" in run.context.review:
        verdict = review("code", program)
        if verdict.kind == "reject":
            return {"draft": bounded_turn(replace(draft, refusal=verdict.text or "no reason given"))}
        program = program_of(verdict.text) if verdict.kind == "edit" else program
    run.emit("executing", turn=draft.number)
    sandbox = await run.sandbox()
    bound = bind(program, QUESTION=question_message(state).text)
    result = await sandbox.run(bound, limits_now(state, run.context))
    run.emit("executed", turn=draft.number, status=result.status.value, seconds=result.wall_seconds)
    executed = replace(
        draft,
        program=program,
        execution=result,
        answer=output_answer(result.stdout),
        seconds=draft.seconds + result.wall_seconds,
    )
    return {"draft": bounded_turn(executed)}


def open_draft(state: State) -> Turn:
    """Return the turn under way."""
    draft = state.get("draft")
    if draft is None:
        raise RuntimeError("no turn is under way: execute and the checks come after generate")
    return draft


def limits_now(state: State, context: Context) -> Limits:
    """Return a program's limits, its time cut to what the run's budget has left."""
    left = seconds_left(state, context)
    limits = context.limits
    return limits if left is None else replace(limits, wall_seconds=max(0.1, min(limits.wall_seconds, left)))
