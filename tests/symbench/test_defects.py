"""The bundled audit is up to date, and verified items are really verified."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from math import comb
from pathlib import Path

import pytest
from tests.symbench.helpers import SLUGS, generated, marked, samples_folder

from codesteer.symbench import Outcome, load_official, load_task
from codesteer.symbench.audit import EXPECTED, audit
from codesteer.symbench.defects import (
    DEFECTS,
    REVIEWED_WRONG,
    all_harmless,
    fingerprint,
    review,
    shipped_audit,
)
from codesteer.symbench.official import read_records

UNCHECKED = ("date_understanding", "gsm_hard", "math_counting_probability", "math_geometry")


@pytest.fixture(scope="session")
def samples() -> Path:
    folder = samples_folder()
    if folder is None:
        pytest.skip("no official samples: set SYMBENCH_SAMPLES to the folder that holds them")
    return folder


@pytest.mark.parametrize("slug", SLUGS)
def test_the_bundled_audit_is_up_to_date(slug: str, samples: Path) -> None:
    found = json.loads(json.dumps(audit(slug, samples).records()))
    shipped = [row for row in shipped_audit() if row["task"] == slug]
    assert found == shipped, (
        "run codesteer symbench audit SAMPLES --out src/codesteer/symbench/data/audit.jsonl"
    )


def test_the_bundled_audit_is_complete() -> None:
    rows = shipped_audit()
    assert Counter(row["task"] for row in rows) == dict.fromkeys(SLUGS, 12)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert all_harmless(row["flags"]) or not row["verified"], row
        assert bool(row["reason"]) == (bool(row["flags"]) or not row["verified"]), row
        assert "\n" not in row["reason"]


def test_every_flag_has_a_meaning() -> None:
    flags = {flag for known in EXPECTED.values() for flag in known.flags}
    assert flags | {"no_answer_found"} == set(DEFECTS)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_verified_subset_follows_the_rules(slug: str, samples: Path) -> None:
    task, path = load_task(slug), samples / slug / "samples.jsonl"
    verified = list(load_official(slug, path, "verified"))
    assert verified == [item for item in load_official(slug, path) if item.verified]
    assert (len(verified) == 0) == (slug == "reversi")
    for item in verified:
        assert task.score(item, marked(task, item.answer)).outcome is Outcome.CORRECT
        assert all_harmless(item.flags)


@pytest.mark.parametrize("slug", SLUGS)
def test_generated_items_are_verified(slug: str) -> None:
    assert all(item.verified for item in generated(slug, 1))


def test_only_tasks_without_rules_for_official_items_are_trusted() -> None:
    assert tuple(slug for slug in SLUGS if not load_task(slug).verifies_official) == UNCHECKED


@pytest.mark.parametrize("slug", UNCHECKED)
def test_all_trusted_samples_are_reviewed(slug: str, samples: Path) -> None:
    for record in read_records(samples / slug / "samples.jsonl"):
        found = review(record)
        assert found is not None, record["id"]
        assert found.stored_answer in ("right", "wrong", "unclear")
        assert found.reason
        assert review({**record, "answer": {"target": "another"}}) is None


def test_an_unreviewed_answer_is_not_verified() -> None:
    record = {"id": "x", "question": "How many?\n\nOutput final answer", "answer": {"target": 3.0}}
    item = load_task("gsm_hard").from_official(record)
    assert not item.verified
    assert item.flags == ()


def test_the_two_wrong_dates_are_wrong(samples: Path) -> None:
    """Worked out here once more, by the calendar."""
    path = samples / "date_understanding/samples.jsonl"
    items = {item.id.rpartition("#")[2]: item for item in load_official("date_understanding", path)}
    flagged = {number for number, item in items.items() if item.flags}
    assert flagged == {"23", "157"}
    today = (datetime(2015, 1, 1) - timedelta(hours=36)).date()  # noqa: DTZ001 (wall-clock time)
    week_ago = f"{today - timedelta(7):%m/%d/%Y}"
    assert items["23"].data.options["ABCDEF".index("B")] == week_ago != items["23"].data.stored
    thursdays = [day for day in range(1, 31) if date(2001, 11, day).weekday() == 3]
    assert f"11/{thursdays[3]}/2001" not in items["157"].data.options


def test_a_fingerprint_is_independent_of_the_location() -> None:
    record = {"id": "a", "question": " Q \n", "answer": {"target": "(B)"}}
    assert fingerprint(record) == fingerprint({**record, "id": "b", "question": "Q"})
    assert fingerprint(record) != fingerprint({**record, "answer": {"target": "(C)"}})


@pytest.mark.parametrize("slug", SLUGS)
def test_the_samples_are_consistent_with_the_counts_of_all_items(slug: str, samples: Path) -> None:
    """Twelve items drawn without regard to their flags would differ so much in one case of two hundred only."""
    found, known = audit(slug, samples), EXPECTED[slug]
    for flag, all_flagged in known.flags.items():
        if flag == REVIEWED_WRONG:  # known of the samples only
            continue
        here = found.flags.get(flag, 0)
        chances = [drawn(count, 12, all_flagged, known.items) for count in range(13)]
        assert sum(chances[here:]) > 0.005, flag
        assert sum(chances[: here + 1]) > 0.005, flag


def drawn(count: int, draws: int, flagged: int, items: int) -> float:
    """The chance of so many flagged ones among items drawn without putting back."""
    return comb(flagged, count) * comb(items - flagged, draws - count) / comb(items, draws)
