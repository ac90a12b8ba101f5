"""``codesteer symbench fetch`` with the real hub client and a fake hub on loopback."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.hub import Hub, serve

from codesteer.symbench import load_official
from codesteer.symbench.fetch import LOCK
from codesteer.symbench.sources import SOURCES

pytestmark = pytest.mark.enable_socket
SOURCE = SOURCES["gsm_hard"]


def problems(things: str) -> bytes:
    """Return as many word problems as GSM-Hard has."""
    rows = (
        {"input": f"Pia buys {n} {things} at 3 coins each. What does she pay?", "code": "", "target": 3.0 * n}
        for n in range(SOURCE.rows)
    )
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve() as hub:
        hub.put(SOURCE.repository, SOURCE.revision, SOURCE.file, problems("pens"))
        yield hub


def fetch(url: str, folder: Path, task: str = "gsm_hard") -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from codesteer.cli import main; main()"]
    settings = {
        "HF_ENDPOINT": url,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "COLUMNS": "400",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    return subprocess.run(
        [*program, "symbench", "fetch", "--folder", str(folder / "data"), "--task", task],
        env=inherited | settings | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=100,
    )


def assert_failed(done: subprocess.CompletedProcess[str], message: str) -> None:
    """Check that the command failed with this one-line message, without a traceback."""
    assert done.returncode != 0
    assert message in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.strip()]) == 1, done.stderr


def test_the_data_is_downloaded_once_with_its_checksum(hub: Hub, tmp_path: Path) -> None:
    done = fetch(hub.url, tmp_path)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip())
    items = list(load_official("gsm_hard", path))
    assert len(items) == SOURCE.rows
    assert items[7].answer == "21"
    locked = json.loads((tmp_path / "data" / LOCK).read_text())["gsm_hard"]
    assert locked["revision"] == SOURCE.revision
    assert fetch(hub.url, tmp_path).returncode == 0
    assert hub.sent == 1


def test_parquet_data_is_converted(hub: Hub, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    source = SOURCES["navigation"]
    rows = [{"input": f"Take {n} steps. Turn around. Take 2 steps.", "target": "No"} for n in range(250)]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "x.parquet")
    hub.put(source.repository, source.revision, source.file, (tmp_path / "x.parquet").read_bytes())
    done = fetch(hub.url, tmp_path, "navigation")
    assert done.returncode == 0, done.stderr
    items = list(load_official("navigation", Path(done.stdout.strip())))
    assert [len(items), items[5].flags, items[2].flags] == [250, (), ("stored_answer_violates_stated_rules",)]


def test_different_content_at_the_same_commit_is_rejected(hub: Hub, tmp_path: Path) -> None:
    path = Path(fetch(hub.url, tmp_path).stdout.strip())
    before = path.read_bytes()
    shutil.rmtree(tmp_path / "data/downloads")
    hub.put(SOURCE.repository, SOURCE.revision, SOURCE.file, problems("cups"))
    assert_failed(fetch(hub.url, tmp_path), "a different SHA-256")
    assert path.read_bytes() == before


def test_an_interrupted_download_is_retried(hub: Hub, tmp_path: Path) -> None:
    hub.breaks = 1
    done = fetch(hub.url, tmp_path)
    assert done.returncode == 0, done.stderr
    assert hub.sent == 2
    assert len(list(load_official("gsm_hard", Path(done.stdout.strip())))) == SOURCE.rows


def test_a_failed_download_leaves_no_partial_data(hub: Hub, tmp_path: Path) -> None:
    hub.breaks = 1000
    assert_failed(fetch(hub.url, tmp_path), "cannot fetch reasoning-machines/gsm-hard/gsmhardv2.jsonl")
    assert not (tmp_path / "data/gsm_hard").exists()
    assert not (tmp_path / "data" / LOCK).exists()
    hub.breaks = 0
    done = fetch(hub.url, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list(load_official("gsm_hard", Path(done.stdout.strip())))) == SOURCE.rows


def test_a_damaged_file_is_downloaded_again(hub: Hub, tmp_path: Path) -> None:
    fetch(hub.url, tmp_path)
    raw = tmp_path / "data/downloads/gsm_hard" / SOURCE.file
    raw.write_text("{}\n")
    os.utime(raw, (raw.stat().st_atime, raw.stat().st_mtime + 60))  # simulate elapsed time
    assert fetch(hub.url, tmp_path).returncode == 0
    assert raw.read_bytes() == problems("pens")


@pytest.mark.slow  # the hub client waits 23 seconds in total between retries
def test_an_unreachable_hub_is_a_one_line_error(tmp_path: Path) -> None:
    assert_failed(fetch("http://127.0.0.1:9", tmp_path), "check the network")


def test_a_file_missing_on_the_hub_is_named(hub: Hub, tmp_path: Path) -> None:
    assert_failed(fetch(hub.url, tmp_path, "web_of_lies"), "cannot fetch lukaemon/bbh/web_of_lies/")
