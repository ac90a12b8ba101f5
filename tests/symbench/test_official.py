"""The official samples load, and stored answers get the expected outcomes."""

import json
from pathlib import Path

import pytest
from tests.symbench.helpers import SLUGS, marked, samples_folder

from codesteer.symbench import Outcome, load_official, load_task
from codesteer.symbench.defects import REVIEWED_WRONG, VIOLATES
from codesteer.symbench.official import read_records

SAMPLES = samples_folder()
PASSES_NEVER = "reference_validator_rejects_correct_answer"
NOT_PASSED = {"logical_puzzle": VIOLATES, "pooling": PASSES_NEVER, "blocksworld": "initial_equals_goal"}
"""For each task whose validator rejects some stored answers, the flag of those."""


@pytest.fixture(params=SLUGS)
def samples(request: pytest.FixtureRequest) -> Path:
    if SAMPLES is None:
        pytest.skip("no official samples: set SYMBENCH_SAMPLES to the folder that holds them")
    path = SAMPLES / str(request.param) / "samples.jsonl"
    assert path.is_file(), f"no samples of {request.param}"
    return path


def test_flags_are_found_by_our_verifiers(samples: Path) -> None:
    slug = samples.parent.name
    stored = {record["id"]: tuple(sorted(record.get("flags", ()))) for record in read_records(samples)}
    found = {item.id: [*item.flags] for item in load_official(slug, samples)}
    reviewed = {name: [flag for flag in flags if flag != REVIEWED_WRONG] for name, flags in found.items()}
    assert {name: tuple(flags) for name, flags in reviewed.items()} == stored


def test_stored_answers_are_correct_unless_flagged(samples: Path) -> None:
    task = load_task(samples.parent.name)
    for item in load_official(task.slug, samples):
        score = task.score(item, marked(task, item.answer))
        assert (score.outcome is Outcome.CORRECT) == (VIOLATES not in item.flags), (item.id, score)


def test_the_published_score_matches_the_official_validator(samples: Path) -> None:
    task = load_task(samples.parent.name)
    for item in load_official(task.slug, samples):
        score = task.score(item, marked(task, item.answer), published=True)
        assert (score.outcome is Outcome.CORRECT) == (NOT_PASSED.get(task.slug) not in item.flags), item.id


def test_solver_answers_to_official_items_are_correct(samples: Path) -> None:
    task = load_task(samples.parent.name)
    for item in load_official(task.slug, samples):
        answer = task.solve(item)
        assert answer is None or task.score(item, marked(task, answer)).outcome is Outcome.CORRECT, item.id


@pytest.mark.parametrize("bad", [b"{broken", b'{"id": "caf\xe9"}', b"[" * 100_000, b"\0", b"9" * 5000])
def test_lines_before_an_invalid_one_are_read(bad: bytes, tmp_path: Path) -> None:
    from codesteer.errors import ConfigurationError

    record = {"id": "x", "question": "?", "answer": {"values": [2, 3], "target": 6}}
    path = tmp_path / "samples.jsonl"
    path.write_bytes(json.dumps(record).encode() + b"\n\n" + bad + b"\n")
    items = load_official("number_multiply", path)
    assert next(items).answer == 6
    with pytest.raises(ConfigurationError, match=r"samples.jsonl:3: not (a )?JSON"):
        next(items)
