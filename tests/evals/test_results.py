"""Stored results are read back unchanged, and damaged ones are named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.results import PLAN, RESULTS

from codesteer.errors import ConfigurationError
from codesteer.evals.plan import save_plan
from codesteer.evals.results import RESULTS_FILE, read_results, store_results


def test_stored_results_are_read_back_and_reproducible(tmp_path: Path) -> None:
    save_plan(PLAN, tmp_path)
    with pytest.raises(ConfigurationError, match="no results yet"):
        read_results(tmp_path)
    store_results(RESULTS, tmp_path / RESULTS_FILE)
    first = (tmp_path / RESULTS_FILE).read_bytes()
    assert read_results(tmp_path) == RESULTS
    store_results(read_results(tmp_path), tmp_path / RESULTS_FILE)
    assert (tmp_path / RESULTS_FILE).read_bytes() == first


def test_a_corrupt_file_is_named(tmp_path: Path) -> None:
    import gzip

    save_plan(PLAN, tmp_path)
    (tmp_path / RESULTS_FILE).write_bytes(gzip.compress(json.dumps({"method": "x"}).encode()))
    with pytest.raises(ConfigurationError, match=r"results\.jsonl\.gz:1: not a valid result"):
        read_results(tmp_path)
    (tmp_path / RESULTS_FILE).write_bytes(b"no gzip")
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_results(tmp_path)


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("how", ["cut", "flip"])
def test_damaged_results_are_named(place: float, how: str, tmp_path: Path) -> None:
    save_plan(PLAN, tmp_path)
    store_results([replace(RESULTS[0], item=f"letters/{n}") for n in range(100)], tmp_path / RESULTS_FILE)
    whole = (tmp_path / RESULTS_FILE).read_bytes()
    at = max(12, int(place * len(whole)))
    damaged = whole[:at] if how == "cut" else whole[:at] + bytes(255 ^ byte for byte in whole[at:])
    (tmp_path / RESULTS_FILE).write_bytes(damaged)
    with pytest.raises(ConfigurationError, match=r"results\.jsonl\.gz"):
        read_results(tmp_path)
