"""What is remembered: attempts that were verified, and what their reuse showed since."""

import ast
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from codesteer.checkers.program_source import parse_program
from codesteer.experience.template import Template, find_template
from codesteer.models.characters import valid_text
from codesteer.replies.lines import normalize_newlines

RECORD_VERSION = 1
"""Increased whenever records written before can no longer be used."""
Mode = Literal["text", "code"]
Source = Literal["verifier", "person", "check", "agreement", "reuse"]
"""Where a piece of evidence comes from: a verifier or a person that knows the answer, a tested check, the agreement of
independent programs; ``reuse`` alone says nothing about the answer."""
Finding = Literal["right", "wrong", "unknown"]
WEIGHTS: dict[Source, float] = {
    "verifier": 1.0,
    "person": 1.0,
    "check": 0.9,
    "agreement": 0.75,
    "reuse": 0.0,
}
"""How much a piece of evidence counts. A check counts from a precision of 0.9 on; two independent programs of the
embedded model that agreed at once were right on 20 of 27 problems (docs/experience.md)."""
LABELS: frozenset[Source] = frozenset({"verifier", "person"})
MIN_SKILL_QUESTIONS = 2
"""Different questions that a program must have answered before it counts as a skill."""
TRUSTED, RETIRED = 0.8, 0.5
"""Reliability from which a skill's answer needs no support, and below which a record is not used any more."""
QUESTION = "QUESTION"
MAX_TEXT = 100_000
"""Characters of a question, an answer or a program; longer ones are not remembered, nor read from a store."""
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Key = Annotated[str, Field(pattern=r"^\w{1,64}$")]
"""A key is also a label of a namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A verified attempt: what was asked, what the guide planned, what answered it."""

    key: Key
    """Identifies the program, or the question of an answer in text."""
    mode: Mode
    question: Text
    """The first question that it answered."""
    answer: Text
    program: Text | None = None
    guidance: Text = ""
    """What the task model had been told."""
    failed_modes: tuple[Mode, ...] = ()
    """Modes of attempts at the same question that failed."""
    model: str = ""
    prompts: str = ""
    """Hash of the prompts; see ``prompts_hash``."""
    created: str = ""
    """Date, ISO 8601."""
    version: int = RECORD_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one question showed about a record."""

    question_key: Key
    question: Text | None = None
    """The question's text where the finding is right or wrong."""
    answer: Text = ""
    """The answer that was right for the question, as far as known."""
    finding: Finding
    source: Source

    @property
    def is_consistent(self) -> bool:
        """Whether its key is its question's, so that no question counts twice."""
        return self.question is None or self.question_key == question_key(self.question)


@dataclass(frozen=True)
class Experience:
    """A record with all its evidence."""

    record: Record
    evidence: tuple[Evidence, ...] = ()

    @property
    def key(self) -> str:
        """The record's key."""
        return self.record.key

    @cached_property
    def reads_question(self) -> bool:
        """Whether the program takes its data from the question."""
        return self.record.program is not None and reads_question(self.record.program)

    @cached_property
    def findings(self) -> tuple[Evidence, ...]:
        """What is known of its answers, one piece of evidence a question: the strongest."""
        strongest: dict[str, Evidence] = {}
        for piece in sorted(self.evidence, key=_strength):
            if piece.finding != "unknown":
                strongest[piece.question_key] = piece
        return tuple(strongest.values())

    def finding_on(self, question: str) -> Evidence | None:
        """Return what is known of its answer to a question; None if nothing is."""
        key = question_key(question)
        return next((piece for piece in self.findings if piece.question_key == key), None)

    def answers(self, question: str) -> bool:
        """Return whether its answer to a question is known to be right."""
        found = self.finding_on(question)
        return found is not None and found.finding == "right"

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """The different questions that the record was verified on."""
        return tuple(
            piece.question
            for piece in self.findings
            if piece.finding == "right" and piece.question is not None
        )

    @property
    def is_skill(self) -> bool:
        """Whether it is a program that reads its question and was right on several different ones."""
        return self.reads_question and len(self.questions) >= MIN_SKILL_QUESTIONS

    @property
    def reuses(self) -> int:
        """On how many questions it was reused."""
        return sum(piece.source == "reuse" for piece in self.evidence)

    @cached_property
    def reliability(self) -> float:
        """The expected share of right answers, from 0 to 1."""
        return _reliability(self.findings)

    @property
    def is_retired(self) -> bool:
        """Whether so much speaks against it that it is not used any more."""
        return self.reliability < RETIRED

    @property
    def is_labelled(self) -> bool:
        """Whether its trust rests on answers that a verifier or a person knew."""
        return _reliability([piece for piece in self.findings if piece.source in LABELS]) >= TRUSTED

    @property
    def is_trusted(self) -> bool:
        """Whether its answer to a question of its form needs no support.

        Without labels, reuses number 1, 2, 4, 8, … are checked against independent programs all the same: a wrong
        program that is trusted would otherwise never be contradicted.
        """
        if not self.is_skill or self.reliability < TRUSTED:
            return False
        this_reuse = self.reuses + 1
        return self.is_labelled or this_reuse & (this_reuse - 1) != 0

    @cached_property
    def template(self) -> Template | None:
        """The form of its questions; None before there are two.

        Where there are labels, they alone widen it: programs of a weak model may overlook what makes a look-alike
        another question, and agree.
        """
        labelled = [
            piece.question or ""
            for piece in self.findings
            if piece.finding == "right" and piece.source in LABELS
        ]
        return find_template(labelled) or find_template(self.questions)

    def matches(self, question: str) -> bool:
        """Return whether a question has exactly the form of those that the record was verified on."""
        return self.template is not None and self.template.matches(question)


def record_key(question: str, program: str | None) -> str:
    """Return the key of a record: its program's, or its question's if it was answered in text."""
    return question_key(question) if program is None else program_key(program)


def program_key(program: str) -> str:
    """Return a key that programs share which differ only in comments, spacing or quotes."""
    program = valid_text(program)  # as it is stored
    tree = parse_program(program)
    return _digest(ast.unparse(tree) if isinstance(tree, ast.Module) else program)


def question_key(question: str) -> str:
    """Return a key of a question's text, apart from spaces at the ends of its lines: in a grid, others count."""
    lines = normalize_newlines(valid_text(question)).strip().split("\n")
    return _digest("\n".join(line.rstrip() for line in lines))


def without_copied_question(program: str) -> str:
    """Return a program without statements that assign a text to ``QUESTION``, which hide the question that is asked.

    Most programs that small models write to read their question begin with a copy of it.
    """
    tree = parse_program(program)
    if not isinstance(tree, ast.Module):
        return program
    kept = [statement for statement in tree.body if not _copies_question(statement)]
    return program if len(kept) == len(tree.body) else ast.unparse(ast.Module(kept, []))


def _copies_question(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Constant | ast.JoinedStr):
        return False
    return all(isinstance(target, ast.Name) and target.id == QUESTION for target in statement.targets)


def reads_question(program: str) -> bool:
    """Return whether a program reads the variable ``QUESTION`` and never assigns it."""
    tree = parse_program(program)
    if not isinstance(tree, ast.Module):
        return False
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    contexts = [type(node.ctx) for node in names if node.id == QUESTION]
    return bool(contexts) and all(context is ast.Load for context in contexts)


def _reliability(findings: Sequence[Evidence]) -> float:
    """Return the expected share of right answers: Laplace's rule of succession on the weighted findings."""
    right = sum(WEIGHTS[piece.source] for piece in findings if piece.finding == "right")
    wrong = sum(WEIGHTS[piece.source] for piece in findings if piece.finding == "wrong")
    return (1 + right) / (2 + right + wrong)


def _strength(piece: Evidence) -> tuple[float, bool]:
    return WEIGHTS[piece.source], piece.finding == "wrong"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
