"""A record that is wrong in any place ends in the library's own error, at once, or gives an item that can be scored."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.symbench.helpers import SLUGS, generated, marked

from codesteer.errors import CodeSteerError, ConfigurationError, DataError
from codesteer.symbench import Item, Score, from_record, load_official, load_task, to_record
from codesteer.symbench.audit import audit

HUGE = 10**9
WRONG: tuple[Any, ...] = (None, HUGE, 0, -1, "", "x", [], {}, [[]])
QUESTION = "What is it?"
OFFICIAL: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("math_geometry", {"answer": {"target": 5}}),
    ("math_geometry", {"answer": {"target": "5"}, "question": 0}),
    ("math_geometry", {"answer": {"target": "5"}, "complexity": None}),
    ("math_geometry", {"answer": {"target": "5"}, "id": 3}),
    ("number_multiply", {"answer": {"values": [2, 3], "target": 6}, "complexity": None}),
    ("number_multiply", {"answer": None}),
    ("number_multiply", {}),
    ("boxnet", {"answer": {"rows": HUGE, "cols": HUGE, "squares": {}, "derived_plan": []}}),
    ("boxnet", {"answer": {"rows": 10**400, "cols": 1, "squares": {}, "derived_plan": []}}),
    ("reversi", {"answer": {"board_size": HUGE, "moves": [], "solution": ""}}),
    (
        "string_synthesis",
        {"answer": {"A_count": HUGE, "B_count": HUGE, "C_count": HUGE, "final_counts": [0] * 9}},
    ),
    ("string_splitting", {"question": f"{HUGE} A, {HUGE} B, {HUGE} C", "answer": {"expected_answer": []}}),
    ("permutations_combinations", {"answer": {"items": [], "constraints_text": "?", "correct_solution": 5}}),
)


def changed(record: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The record with another value at a place."""
    if not path:
        return value
    copy = record.copy()
    copy[path[0]] = changed(record[path[0]], path[1:], value)
    return copy


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a record; of a list, the first only."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_restored_item_is_refused_or_can_be_scored(slug: str) -> None:
    task, item = load_task(slug), next(iter(generated(slug, 1)))
    record, reply = json.loads(json.dumps(to_record(item))), marked(task, item.answer)
    for path in places(record):
        for value in WRONG:
            try:
                restored = from_record(changed(record, path, value))
            except CodeSteerError:
                continue
            assert isinstance(load_task(restored.task).score(restored, reply), Score), (path, value)


@pytest.mark.parametrize(("slug", "fields"), OFFICIAL)
def test_an_official_record_of_another_form_is_named(
    slug: str, fields: Mapping[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / slug / "samples.jsonl"
    path.parent.mkdir()
    path.write_text(json.dumps({"id": "x", "question": QUESTION, **fields}))
    with pytest.raises(ConfigurationError, match=r"samples\.jsonl:1: "):
        list(load_official(slug, path))
    with pytest.raises(DataError, match=f"not a valid record of {slug}"):
        audit(slug, tmp_path)


def test_a_record_without_an_id_is_named(tmp_path: Path) -> None:
    path = tmp_path / "number_multiply" / "samples.jsonl"
    path.parent.mkdir()
    path.write_text(json.dumps({"question": QUESTION, "answer": {"values": [2, 3], "target": 6}}))
    with pytest.raises(DataError, match="a record without an id"):
        audit("number_multiply", tmp_path)


def test_a_box_that_nobody_can_lift_is_no_official_item(tmp_path: Path) -> None:
    path = tmp_path / "dataset_gather/BoxLift_dataset/a/b/BoxLift.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"boxes": [5], "lifters": [2, 2]}))
    with pytest.raises(DataError, match="too heavy"):
        audit("boxlift", tmp_path)


@pytest.mark.parametrize("slug", ["number_multiply", "gsm_hard", "new_operator"])
def test_numbers_that_are_only_calculated_with_may_be_large(slug: str) -> None:
    item = next(iter(generated(slug, 1)))
    assert from_record({**to_record(item), "data": to_record(item)["data"]}) == item
    large = load_task("number_multiply").from_official(
        {"id": "x", "question": QUESTION, "answer": {"values": [10**15, 10**15], "target": 10**30}}
    )
    assert large.verified


def pooling_with(**parts: Any) -> Item[Any, Any]:
    item = load_task("pooling").generate(1, 1)
    return replace(item, data=replace(item.data, **parts))


@pytest.mark.parametrize(
    "item", [pooling_with(stride=0), pooling_with(grid=((1, 2), (), ())), pooling_with(window=0)]
)
def test_a_puzzle_that_contradicts_itself_cannot_be_scored(item: Item[Any, Any]) -> None:
    with pytest.raises(ConfigurationError, match="contradicts itself"):
        load_task("pooling").score(item, "<<<1, 2, 3, 4>>>")
    with pytest.raises(ConfigurationError, match="do not fit each other"):
        from_record(to_record(item))
