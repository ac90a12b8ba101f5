"""Remember what the finished run verified."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from codesteer.checkers.answer_form import fits, same_answer, says_something
from codesteer.checkers.answer_report import Verdict
from codesteer.checkers.question_choices import choices
from codesteer.errors import CodeSteerError
from codesteer.experience.learning import Lesson, Solution, as_evidence
from codesteer.experience.learning import learn as learn_lesson
from codesteer.experience.library import Library
from codesteer.experience.recall import Recall
from codesteer.experience.record import Source, program_key
from codesteer.experience.trial import TRIAL_LIMITS, SolvedQuestion
from codesteer.graph.context import Context
from codesteer.graph.history import stands_alone
from codesteer.graph.input_files import input_files
from codesteer.graph.state import State, Turn, bare_question, own_turns, recalled_turn
from codesteer.models.unwrapping import model_name
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.prompts.loader import prompts_hash

LEARNING_SECONDS = 20.0
"""Time that a caller waits for at most after the answer is known."""


async def learn(state: State, runtime: NodeRuntime) -> Update:
    """Add what the run verified to its experience; a store or sandbox that fails is noted, and changes no answer.

    Raises:
        ConfigurationError: the graph has no store.
    """
    library, known = runtime.library(), state.get("experience") or Recall()
    if input_files(state) or not stands_alone(state):
        return {}  # the answer depends on more than the question's text
    runtime.emit("learning")
    try:
        async with asyncio.timeout(LEARNING_SECONDS):
            touched = [*await _count_reuse(state, library), *await _learn_answer(state, runtime, library)]
    except (CodeSteerError, TimeoutError) as error:
        note = str(error) or f"learning took more than {LEARNING_SECONDS:.0f} s"
        runtime.emit("not_learnt", note=note)
        return {"experience": replace(known, note="; ".join(filter(None, [known.note, note])))}
    runtime.emit("learnt", records=touched)
    return {"experience": replace(known, learnt=tuple(dict.fromkeys(touched)))}


async def _count_reuse(state: State, library: Library) -> tuple[str, ...]:
    """Count the run of a remembered program; return its key."""
    turn = recalled_turn(state.get("turns", []))
    if turn is None or turn.recalled is None or turn.execution is None:
        return ()
    solved = SolvedQuestion(question=bare_question(state), answer="")
    await library.add_evidence(turn.recalled.key, [as_evidence(solved, "unknown", "reuse")])
    return (turn.recalled.key,)


async def _learn_answer(state: State, runtime: NodeRuntime, library: Library) -> tuple[str, ...]:
    """Learn from the run's answer, if it was verified; return the keys of the records touched.

    No program is tried if a person is to see each before it runs.
    """
    if not own_turns(state.get("turns", [])):
        return ()  # nor is the task model loaded only for its name
    lesson = verified_lesson(state, runtime.context, model_name(await runtime.task_model()))
    if lesson is None:
        return ()
    reviewed = "code" in runtime.context.review
    return await learn_lesson(lesson, library, None if reviewed else await runtime.sandbox())


def verified_lesson(state: State, context: Context, model: str) -> Lesson | None:
    """Return what the run verified without knowing the answer; None if nothing supports its answer.

    Args:
        state: the finished run's state.
        context: its settings.
        model: the task model's name; not its address, which others may see.
    """
    own = own_turns(state.get("turns", []))
    supporting = [
        turn for turn in own if turn.is_finished and same_answer(turn.answer or "", state["answer"])
    ]
    source = support(supporting, own)
    if not state.get("answer") or source is None:
        return None
    if source == "agreement" and not _names_an_answer(bare_question(state), state["answer"]):
        return None
    solver = next((turn for turn in supporting if turn.program is not None), supporting[0])
    solution = Solution(
        mode=solver.mode.value,
        program=solver.program,
        guidance=solver.decision.guidance,
        failed_modes=tuple(turn.mode.value for turn in own if turn not in supporting),
        model=model,
        prompts=prompts_hash(context.all_prompts),
    )
    solved = SolvedQuestion(question=bare_question(state), answer=state["answer"])
    wall_seconds = min(context.limits.wall_seconds, TRIAL_LIMITS.wall_seconds)
    limits = replace(context.limits, wall_seconds=wall_seconds)
    return Lesson(solved=solved, source=source, solution=solution, limits=limits)


def _names_an_answer(question: str, answer: str) -> bool:
    """False if programs that found nothing agree on that; right only where the question offers it."""
    return says_something(answer) or (choices(question) is not None and fits(question, answer))


def support(supporting: Sequence[Turn], own: Sequence[Turn]) -> Source | None:
    """Return what verifies an answer: a tested check, or the agreement of all attempts, by two programs or more.

    An agreement that comes only after other attempts says little: in runs of the embedded model it was right in 4 of 20
    cases, an agreement at once in 17 of 21 (docs/experience.md). A remembered program is no witness for its own answer.

    Args:
        supporting: the task model's attempts that came to the answer.
        own: all its attempts.
    """
    verdicts = {turn.combined_verdict for turn in supporting}
    if Verdict.REFUTED in verdicts:
        return None
    if Verdict.CONFIRMED in verdicts:
        return "check"
    programs = {program_key(turn.program) for turn in supporting if turn.program is not None}
    return "agreement" if len(programs) > 1 and len(supporting) == len(own) else None
