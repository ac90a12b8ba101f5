"""What earlier runs know about a question: a skill to run, an example to show, plans that worked."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from codesteer.experience.library import Library
from codesteer.experience.record import LABELS, QUESTION, Experience, Mode, Record

SIMILARITY = 90.0
"""From this share of common words on, in per cent, questions are of one kind. In SymBench, questions of a task have at
least 90 in common, but for three tasks in free prose (68 to 76), and questions of different tasks at most 88."""
CANDIDATES = 12
"""The nearest records, whose evidence is read."""
SKILL_CANDIDATES = 8
"""How many of them are programs that read their question, if there are so many."""
MAX_EXAMPLE_LENGTH = 6000
"""Characters of a worked example's question and program."""
SHOWN_KEYS, SHOWN_KEY = 3, 40
"""How many keys of unreadable records are shown, and how much of each."""
MAX_COMPARED_LENGTH = 20_000
"""Characters of a question that are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledSkill:
    """A remembered program that is run before the task model is asked.

    The question has exactly the form of those that it was verified on, or is one of them.
    """

    key: str
    program: str
    questions: int
    """On how many different questions it was verified."""
    reliability: float
    trusted: bool
    """Whether its answer may be returned without support."""

    @property
    def description(self) -> str:
        """What speaks for it, for people."""
        questions = "1 question" if self.questions == 1 else f"{self.questions} questions"
        trust = "trusted" if self.trusted else "not trusted without support"
        return f"verified on {questions}, reliability {self.reliability:.2f}, {trust}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledExample:
    """A similar question with the program that answered it."""

    key: str
    question: str
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHistory:
    """How attempts in one mode went on similar questions."""

    mode: Mode
    right: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What a run was given from experience, and what it added."""

    skill: RecalledSkill | None = None
    example: RecalledExample | None = None
    plans: tuple[PlanHistory, ...] = ()
    note: str = ""
    """Why nothing could be recalled or learnt, if the store failed; or which records could not be read."""
    learnt: tuple[str, ...] = ()
    """Keys of the records that the run added evidence to."""


async def recall(library: Library, question: str) -> Recall:
    """Return what the library knows about a question; raises StoreError if the store fails."""
    similar = await find_similar(library, question)
    found = await asyncio.to_thread(choose, similar.experiences, question)
    return replace(found, note=_unreadable(similar.unreadable))


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """What a library holds of a question's kind."""

    experiences: Sequence[Experience]
    unreadable: Sequence[str]
    """Keys of records, of any kind, that could not be read."""


async def find_similar(library: Library, question: str) -> Similar:
    """Return what a library holds of a question's kind; raises StoreError if the store fails."""
    listing = await library.records_like(question)
    # Comparing thousands of questions takes a while, in which other runs are to go on.
    records = await asyncio.to_thread(nearest, listing.records, question)
    return Similar(experiences=await library.experiences(records), unreadable=listing.unreadable)


def _unreadable(keys: Sequence[str]) -> str:
    shown = ", ".join(repr(key[:SHOWN_KEY]) for key in keys[:SHOWN_KEYS])
    return f"unreadable records: {len(keys)}, such as {shown}" if keys else ""


def nearest(records: Sequence[Record], question: str) -> list[Record]:
    """Return the records whose questions are of this question's kind, by their words, nearest first.

    Programs that read their question come first: every solved question of a kind adds a record, and few are skills.
    """
    texts = [record.question[:MAX_COMPARED_LENGTH] for record in records]
    found = process.extract(
        question[:MAX_COMPARED_LENGTH],
        texts,
        scorer=fuzz.token_set_ratio,
        score_cutoff=SIMILARITY,
        limit=None,
    )
    near = [records[index] for _, _, index in found]
    readers = [record for record in near if record.program is not None and QUESTION in record.program]
    first = readers[:SKILL_CANDIDATES]
    return [*first, *(record for record in near if record not in first)][:CANDIDATES]


def choose(experiences: Sequence[Experience], question: str) -> Recall:
    """Choose among records of a question's kind what a run is given; a pure function."""
    usable = [experience for experience in experiences if not experience.is_retired]
    skills = [skill for one in usable if (skill := _as_skill(one, question)) is not None]
    examples = [one for one in usable if _is_example(one)]
    return Recall(
        skill=max(skills, key=_rank, default=None),
        example=_as_example(max(examples, key=lambda one: one.reliability, default=None)),
        plans=_plan_histories(experiences),
    )


def _as_skill(experience: Experience, question: str) -> RecalledSkill | None:
    """Return the program to run: a skill, or any program if it answered this very question before."""
    record = experience.record
    if record.program is None:
        return None
    before = experience.finding_on(question)
    if before is None and not (experience.is_skill and experience.matches(question)):
        return None
    if before is not None and before.finding == "wrong":
        return None
    known = (before is not None and before.source in LABELS) or experience.is_trusted
    return RecalledSkill(
        key=record.key,
        program=record.program,
        questions=len(experience.questions),
        reliability=round(experience.reliability, 3),
        trusted=known,
    )


def _rank(skill: RecalledSkill) -> tuple[bool, float]:
    return skill.trusted, skill.reliability


def _is_example(experience: Experience) -> bool:
    program, questions = experience.record.program, experience.questions
    return program is not None and bool(questions) and len(questions[0]) + len(program) <= MAX_EXAMPLE_LENGTH


def _as_example(experience: Experience | None) -> RecalledExample | None:
    if experience is None or experience.record.program is None:
        return None
    return RecalledExample(
        key=experience.key, question=experience.questions[0], program=experience.record.program
    )


def _plan_histories(experiences: Sequence[Experience]) -> tuple[PlanHistory, ...]:
    right: Counter[Mode] = Counter()
    wrong: Counter[Mode] = Counter()
    for experience in experiences:
        right[experience.record.mode] += sum(piece.finding == "right" for piece in experience.findings)
        wrong[experience.record.mode] += sum(piece.finding == "wrong" for piece in experience.findings)
        wrong.update(experience.record.failed_modes)
    modes = sorted({*right, *wrong})
    return tuple(
        PlanHistory(mode=mode, right=right[mode], wrong=wrong[mode])
        for mode in modes
        if right[mode] or wrong[mode]
    )
