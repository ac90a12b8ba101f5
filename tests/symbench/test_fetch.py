"""Fetching without a network: clear errors, checksums, and conversion of rows to records."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from codesteer.errors import ConfigurationError, DataError
from codesteer.symbench import fetch as fetching
from codesteer.symbench import load_official, load_task
from codesteer.symbench.fetch import LOCK, fetch
from codesteer.symbench.sources import SOURCES, boxed

ROWS = [
    {"input": f"Pia buys {n} pens at 3 coins each. What does she pay?", "code": "", "target": 3.0 * n}
    for n in (2, 5)
]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A hub that has two rows of GSM-Hard and counts how often it is asked."""
    file = tmp_path / "hub.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")

    def download(repository: str, name: str, **settings: object) -> str:
        assert (repository, name) == ("reasoning-machines/gsm-hard", "gsmhardv2.jsonl")
        assert len(str(settings["revision"])) == 40
        return str(file)

    monkeypatch.setitem(sys.modules, "huggingface_hub", SimpleNamespace(hf_hub_download=download))
    monkeypatch.setitem(SOURCES, "gsm_hard", replace(SOURCES["gsm_hard"], rows=2))
    return file


def test_rows_become_items(hub: Path, tmp_path: Path) -> None:
    path = fetch("gsm_hard", tmp_path / "data")
    assert path == tmp_path / "data/gsm_hard/samples.jsonl"
    items = list(load_official("gsm_hard", path))
    assert [item.answer for item in items] == ["6", "15"]
    assert items[1].id == "gsm_hard#1"
    assert items[0].data.story == ROWS[0]["input"]


def test_the_first_checksum_is_enforced_later(hub: Path, tmp_path: Path) -> None:
    fetch("gsm_hard", tmp_path)
    fetch("gsm_hard", tmp_path)
    locked = json.loads((tmp_path / LOCK).read_text())["gsm_hard"]
    assert len(locked["sha256"]) == 64
    assert locked["revision"] == SOURCES["gsm_hard"].revision
    hub.write_text(hub.read_text().replace("pens", "cups"))
    with pytest.raises(DataError, match="a different SHA-256"):
        fetch("gsm_hard", tmp_path)


def test_a_known_checksum_is_enforced_at_once(
    hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "gsm_hard", replace(SOURCES["gsm_hard"], sha256="0" * 64))
    with pytest.raises(DataError, match="a different SHA-256"):
        fetch("gsm_hard", tmp_path)


def test_missing_rows_are_detected(hub: Path, tmp_path: Path) -> None:
    hub.write_text(hub.read_text().splitlines()[0])
    with pytest.raises(DataError, match="1 rows instead of 2"):
        fetch("gsm_hard", tmp_path)


def test_an_invalid_checksum_file_is_named(hub: Path, tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("{")
    with pytest.raises(DataError, match=r"checksums\.json is not valid"):
        fetch("gsm_hard", tmp_path)


def test_a_network_error_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot fetch lukaemon/bbh/navigate/.*check the network") as caught:
        fetch("navigation", tmp_path)
    assert "\n" not in str(caught.value)


def test_tasks_without_a_source_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"game24 cannot be fetched; .*web_of_lies"):
        fetch("game24", tmp_path)


def test_parquet_needs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigurationError, match=r"codesteer\[data\]"):
        list(fetching.read_rows(tmp_path / "x.parquet"))


def test_parquet_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Table:
        def to_pylist(self) -> list[dict[str, str]]:
            return [{"input": "?", "target": "Yes"}]

    parquet = SimpleNamespace(read_table=lambda path: Table())
    monkeypatch.setitem(sys.modules, "pyarrow", SimpleNamespace(parquet=parquet, ArrowInvalid=ValueError))
    assert list(fetching.read_rows(tmp_path / "x.parquet")) == [{"input": "?", "target": "Yes"}]


@pytest.mark.parametrize("slug", SOURCES)
def test_every_source_is_pinned_and_its_task_exists(slug: str) -> None:
    source = SOURCES[slug]
    assert load_task(slug).slug == slug
    assert len(source.revision) == 40
    assert source.rows >= 250


@pytest.mark.parametrize(
    ("solution", "content"),
    [
        (r"so $\boxed{3}$ and $\boxed{\frac{1}{2}}$.", r"\frac{1}{2}"),
        (r"$\boxed 7$.", "7"),
        (r"\fbox{a}", "a"),
        ("nothing", ""),
    ],
)
def test_the_last_box_is_the_answer(solution: str, content: str) -> None:
    assert boxed(solution) == content


def test_rows_of_math_become_items() -> None:
    row = {"problem": "Half of 3?", "solution": r"$\boxed{\frac32}$", "level": "Level 2", "type": "Geometry"}
    record = {"id": "x", **SOURCES["math_geometry"].record(row)}
    item = load_task("math_geometry").from_official(record)
    assert (item.answer, item.level, item.data.problem) == (r"\frac32", 2, "Half of 3?")


def test_rows_of_big_bench_hard_become_items() -> None:
    row = {"input": "Take 2 steps. Turn around. Take 2 steps.", "target": "Yes"}
    item = load_task("navigation").from_official({"id": "x", **SOURCES["navigation"].record(row)})
    assert (item.answer, item.flags) == ("Yes", ())
