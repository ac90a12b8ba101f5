"""What stores of experience may know in an evaluation, and how right is what a stream learnt."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.evals.items import item_name, items_at
from codesteer.evals.methods.names import EXPERIENCE, uses_experience
from codesteer.evals.plan import Plan
from codesteer.evals.results import has_results, read_results
from codesteer.evals.stores import read_content, read_experiences, stream_store
from codesteer.experience.record import Experience, question_key
from codesteer.symbench import Item, load_task


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntRecords:
    """The records that a method learnt in a stream, checked by the tasks' verifiers."""

    method: str
    records: int
    wrong: int
    """How many take a wrong answer for right."""


def require_experience(plan: Plan) -> None:
    """Check that methods with experience have a store, and that it knows none of the questions that they are asked.

    Raises:
        ConfigurationError: there is no store, no method that uses it, or the store knows a question.
    """
    methods = [method for method in plan.methods if uses_experience(method)]
    if methods and plan.experience is None:
        raise ConfigurationError(f"{methods[0]} needs a store of experience; set --experience FILE.sqlite")
    if not methods and plan.experience is not None:
        raise ConfigurationError(
            f"no method uses --experience; omit it, or add {EXPERIENCE}:rules to --methods"
        )
    if plan.experience is not None and plan.experience.file is not None:
        content = read_content(plan.experience.file, plan.experience.namespace)
        _require_unknown_questions(plan, content.question_keys)


def overtaken_streams(plan: Plan, folder: Path) -> list[str]:
    """Return the methods of a stream whose own store knows questions that they would be asked again: a log was lost.

    A killed command, too, leaves such questions, but not more than were under way.
    """
    if plan.experience is None or not plan.stream:
        return []
    results = read_results(folder, skip_unreadable=True) if has_results(folder) else []
    keys = {
        item_name(item): question_key(item.question) for item in items_at(plan.selection, plan.item_indexes)
    }
    overtaken = []
    for method in filter(uses_experience, plan.methods):
        answered = {result.item for result in results if result.method == method and result.scored}
        if (file := stream_store(folder, method)).exists():
            known = read_content(file, plan.experience.namespace).question_keys
            again = [name for name, key in keys.items() if key in known and name not in answered]
            overtaken += [method] if len(again) > (plan.concurrency if answered else 0) else []
    return overtaken


def _require_unknown_questions(plan: Plan, known: Set[str]) -> None:
    items = items_at(plan.selection, plan.item_indexes)
    leaked = [item_name(item) for item in items if question_key(item.question) in known]
    if leaked:
        raise ConfigurationError(
            f"the store of experience knows {len(leaked)} of the questions, the first is {leaked[0]}; "
            "choose other items, or a store that was filled from others"
        )


def learnt_records(plan: Plan, folder: Path) -> list[LearntRecords]:
    """Check what each method with experience learnt in a stream; empty for other runs.

    Raises:
        ConfigurationError: official items without their folder.
        StoreError: a store cannot be read.
    """
    if plan.experience is None or not plan.stream:
        return []
    items = {question_key(item.question): item for item in items_at(plan.selection, plan.item_indexes)}
    learnt = []
    for method in plan.methods:
        if (file := stream_store(folder, method)).exists():
            known = read_experiences(file, plan.experience.namespace)
            records = [one for one in known if question_key(one.record.question) in items]
            wrong = sum(_is_wrong(one, items) for one in records)
            learnt.append(LearntRecords(method=method, records=len(records), wrong=wrong))
    return learnt


def _is_wrong(experience: Experience, items: Mapping[str, Item[Any, Any]]) -> bool:
    """Return whether an answer that counts as right in the record is wrong by the task's rules."""
    answers = (
        (piece.question_key, piece.answer) for piece in experience.findings if piece.finding == "right"
    )
    known = ((items[key], answer) for key, answer in answers if key in items)
    return not all(load_task(item.task).accepts(item, answer) for item, answer in known)
