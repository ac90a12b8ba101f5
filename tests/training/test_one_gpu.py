"""The script for a lent GPU, as far as a machine without one can show it: a tiny base, two steps of each training."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.training import SETTINGS, explorer, selection, tiny_llama

from codesteer.training.trajectories import collect_trajectories, read_trees

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, chosen = tmp_path_factory.mktemp("made"), selection(12)
    collect_trajectories(folder / "trees", SETTINGS, chosen, explorer=explorer(chosen))
    texts = [node.seen for tree in read_trees(folder / "trees") for node in tree.nodes]
    tiny_llama(folder / "base", texts, width=32)
    return folder


def train(made: Path, out: Path, work: Path, *more: str) -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "benchmarks/one_gpu.py")
    folders = (str(made / "trees"), str(out), "--base", str(made / "base"), "--work", str(work))
    return subprocess.run(
        [sys.executable, script, *folders, "--dry-run", *more],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_trains_and_measures_both_guides_and_resumes(made: Path, tmp_path: Path) -> None:
    stopped = train(made, tmp_path / "out", tmp_path / "work", "--seconds", "5")
    assert stopped.returncode == 1
    assert "stopped after" in stopped.stdout
    done = train(made, tmp_path / "out", tmp_path / "work")
    assert done.returncode == 0, done.stdout + done.stderr
    report = (tmp_path / "out/report.txt").read_text()
    for guide in ("writes", "classifies"):
        for stage in ("sft", "dpo"):
            kept = {path.name for path in (tmp_path / f"out/{guide}-{stage}").iterdir()}
            assert {"adapter_model.safetensors", "codesteer.json", "card.json"} <= kept
            assert f"{guide}-{stage}: pair accuracy, choices" in report
    assert f"{made / 'base'}: pair accuracy, wording" in report
    assert train(made, tmp_path / "out", tmp_path / "work").returncode == 0, "nothing is trained twice"
