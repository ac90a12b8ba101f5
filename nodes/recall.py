"""Recall what earlier runs know about the question, and start with a remembered program if there is one."""

import asyncio
from dataclasses import replace

from codesteer.errors import StoreError
from codesteer.experience.recall import Recall, RecalledSkill
from codesteer.experience.recall import recall as recall_experience
from codesteer.graph.history import stands_alone
from codesteer.graph.input_files import input_files
from codesteer.graph.state import State, Turn, bare_question
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.recalled import EXPERIENCE
from codesteer.nodes.runtime import NodeRuntime, Update

RECALL_SECONDS = 15.0
"""Time that a caller waits for at most before the run begins."""


async def recall(state: State, runtime: NodeRuntime) -> Update:
    """Look the question up in the run's experience; a store that fails is noted, and the run goes on without.

    Raises:
        ConfigurationError: the graph has no store.
    """
    library = runtime.library()
    if input_files(state):
        return {"experience": Recall(note="a question with files is answered without experience")}
    runtime.emit("recalling")
    try:
        async with asyncio.timeout(RECALL_SECONDS):
            found = await recall_experience(library, bare_question(state))
    except (StoreError, TimeoutError) as error:
        reason = str(error) or f"the store of experience took more than {RECALL_SECONDS:.0f} s"
        found = Recall(note=f"{reason}; the run goes on without experience")
    skill = found.skill
    if skill is not None and not stands_alone(state):
        skill = replace(skill, trusted=False)  # what a follow-up asks depends on more than its text
        found = replace(found, skill=skill)
    runtime.emit(
        "recalled",
        skill=skill.key if skill else None,
        description=skill.description if skill else "",
        note=found.note,
    )
    return {"experience": found, "current": [skill_turn(skill)] if skill else []}


def skill_turn(skill: RecalledSkill) -> Turn:
    """Return the turn that runs a remembered program."""
    reason = f"a remembered program: {skill.description}"
    return Turn(
        number=1,
        decision=Decision(action=Action.CODE, mode=Mode.CODE, reason=reason, guide=EXPERIENCE),
        reply="",
        program=skill.program,
        recalled=skill,
    )
