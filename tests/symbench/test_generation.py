"""Items are reproducible on every machine and asked in one split only."""

import hashlib
import json
import os
import subprocess
import sys
from typing import get_type_hints

import pytest
from tests.symbench.helpers import ITEMS, SLUGS, WITH_GENERATOR, generated

from codesteer.errors import ConfigurationError
from codesteer.symbench import SPLITS, from_record, load_task, to_record

DIGESTS = """
import hashlib, json, sys
from codesteer.symbench import tasks, to_record
for task in tasks():
    if not task.levels:
        continue
    items = [to_record(task.generate(3, level, index=index)) for level in task.levels for index in range(2)]
    print(task.slug, hashlib.sha256(json.dumps(items, sort_keys=True).encode()).hexdigest())
"""


def test_items_do_not_depend_on_the_hash_seed() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) == len(WITH_GENERATOR)


@pytest.mark.parametrize("slug", WITH_GENERATOR)
def test_an_item_is_complete(slug: str) -> None:
    task = load_task(slug)
    assert task.slug == slug
    assert task.title
    assert task.answer_format
    for item in generated(slug):
        assert item.task == slug
        assert item.flags == ()
        assert "<<<" in item.question
        assert item.level in task.levels
        assert task.format_answer(item.answer)
        assert from_record(json.loads(json.dumps(to_record(item)))) == item


@pytest.mark.parametrize("slug", sorted(set(SLUGS) - set(WITH_GENERATOR)))
def test_a_task_without_generator_explains_itself(slug: str) -> None:
    with pytest.raises(ConfigurationError, match=f"symbench fetch --task {slug}"):
        load_task(slug).generate(1, 1)


@pytest.mark.parametrize("slug", WITH_GENERATOR)
def test_no_question_occurs_in_two_splits(slug: str) -> None:
    task = load_task(slug)
    per_level = range(max(3, ITEMS // len(task.levels)))
    questions = [
        {task.generate(1, level, split, index).question for level in task.levels for index in per_level}
        for split in SPLITS
    ]
    assert not questions[0] & questions[1]
    assert not questions[0] & questions[2]
    assert not questions[1] & questions[2]


@pytest.mark.parametrize("slug", WITH_GENERATOR)
def test_neighbouring_seeds_share_no_questions(slug: str) -> None:
    task = load_task(slug)
    level = task.levels[-1]
    one, other = (
        [task.generate(seed, level, index=index).question for index in range(4)] for seed in (42, 43)
    )
    assert not set(one) & set(other)


@pytest.mark.parametrize("slug", WITH_GENERATOR)
def test_coordinates_out_of_range_are_refused(slug: str) -> None:
    task = load_task(slug)
    for level in (0, len(task.levels) + 1):
        with pytest.raises(ConfigurationError, match="levels 1 to"):
            task.generate(1, level)
    with pytest.raises(ConfigurationError, match="split"):
        task.generate(1, 1, split="exam")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="index"):
        task.generate(1, 1, index=-1)


def test_an_unknown_task_gets_suggestions() -> None:
    with pytest.raises(ConfigurationError, match=r"'game42'.*game24"):
        load_task("game42")


def test_the_random_seed_is_the_documented_hash() -> None:
    from random import Random

    from codesteer.symbench.seeds import item_rng

    digest = hashlib.sha256(b"codesteer.symbench/game24/test/3/7/0").digest()
    assert item_rng("game24", "test", 3, 7, 0).random() == Random(int.from_bytes(digest, "big")).random()


@pytest.mark.parametrize("slug", WITH_GENERATOR)
def test_a_record_with_a_field_of_another_type_is_refused(slug: str) -> None:
    record = json.loads(json.dumps(to_record(next(generated(slug)))))
    for name, value in record["data"].items():
        if "Any" in str(get_type_hints(load_task(slug).puzzle_type)[name]):
            continue
        other = 1 if isinstance(value, (str, list)) else "x"
        with pytest.raises(ConfigurationError, match=name):
            from_record({**record, "data": {**record["data"], name: other}})
    for name, wrong in (("id", 1), ("question", None), ("level", "1"), ("flags", "x"), ("verified", "no")):
        with pytest.raises(ConfigurationError, match=name):
            from_record({**record, name: wrong})


@pytest.mark.parametrize("factors", ["abc", [1, "a"], [1, True], 7, None, [[1], 2], [1.5, 2]])
def test_numbers_in_a_record_are_numbers(factors: object) -> None:
    record = to_record(load_task("number_multiply").generate(1, 1))
    with pytest.raises(ConfigurationError, match="factors"):
        from_record({**record, "data": {"factors": factors}})
