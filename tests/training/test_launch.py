"""The launch of the four-GPU recipe, as far as a machine without a GPU can show it: two processes, two steps.

The shipped FSDP2 configuration starts the processes; on CPUs accelerate makes plain data parallelism of it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.training import SETTINGS, explorer, selection, tiny_llama

from codesteer.models.adapters import load_fine_tuned
from codesteer.training import sft_data
from codesteer.training.artefact import load_card
from codesteer.training.conversations import ConversationSelection
from codesteer.training.rows import TRAIN, read_rows
from codesteer.training.trajectories import collect_trajectories

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore"),
]
SOURCE = Path(__file__).parents[2] / "src"
ON_CPU = (
    "hardware.device=cpu",
    "hardware.precision=fp32",
    "hardware.threads=1",
    "sft.max_steps=2",
    "sft.log_steps=1",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    collect_trajectories(folder / "trees", SETTINGS, selection(3), explorer=explorer(selection(3)))
    sft_data.build_sft_data(folder / "trees", folder / "data", ConversationSelection(held_out=0))
    texts = [message["content"] for row in read_rows(folder / "data" / TRAIN) for message in row["messages"]]
    tiny_llama(folder / "base", texts, width=32)
    return folder


def launch(made: Path, out: Path, *changes: str) -> list[dict[str, float]]:
    settings = [f"--set={change}" for change in (f"base={made / 'base'}", *ON_CPU, *changes)]
    command = ["train", "sft", "llama3-8b-4xh100", "--data", str(made / "data"), "--out", str(out), *settings]
    done = subprocess.run(
        [sys.executable, "-m", "codesteer", *command],
        env=os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    entries = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [entry for entry in entries if "loss" in entry]


def test_two_processes_learn_the_same_as_one(made: Path, tmp_path: Path) -> None:
    two = launch(made, tmp_path / "two", "launch.processes=2")
    one = launch(made, tmp_path / "one", "launch=null", "sft.batch_size=2")
    assert [entry["step"] for entry in two] == [1, 2]
    for name, difference in (("loss", 1e-3), ("grad_norm", 1e-2)):
        values = [[entry[name] for entry in run] for run in (two, one)]
        # The configuration computes in bf16, the single process in fp32.
        assert values[0] == pytest.approx(values[1], rel=difference), name
    card = load_card(tmp_path / "two", "sft")
    assert card.counts["steps"] == 2
    assert load_fine_tuned(str(tmp_path / "two"), "fp32").model.num_parameters() > 0
