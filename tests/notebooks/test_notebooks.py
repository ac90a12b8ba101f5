"""Every notebook runs from top to bottom, shows what it promises, and is stored with its outputs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode
from tests.notebooks.scripted import play
from tests.support.endpoint import Endpoint, serve
from tests.support.notebooks import FOLDER, MODEL, NAMES, execute, output_text, read, tidy

SHOWN = {
    "01_first_steps": (
        r"766000000000000>>>\nright: False",
        r"766397972992845 · returned\nright: True",
        r"the test says: confirmed",
        r"unknown model 'my model'",
    ),
    "02_inside_a_run": (
        r"checked refuted(.|\n)*checked confirmed(.|\n)*finished returned 135",
        r"\| 1 \| code \| .* \| code \| 136 \| refuted \|",
        r"\| answer \| 135 \| 134 \|",
        r'preferred: {"action":"code"',
        r"not checked +answers: 136 136 · last one right: False",
        r"sieve.*\n(.*\n)*answer: 135 · right: True",
    ),
    "03_langchain_app": (
        r"returned after 2 turns, \d+ tokens",
        r"turn 2: answer confirmed\n.*\n135",
        r"does not support tools",
        r"ai +calls calculate\ntool +135\n",
        r"135, found by code then code",
        r"scripted \d+ tokens in, \d+ out",
    ),
    "04_symbench": (
        r"37 tasks",
        r"wrong: .*\n(.*\n)*.*unreadable: .*\n(.*\n)*.*missing: ",
        r"6 rounds: success",
        r"\| `question` \| 6 \| 16\.7 %.*\n\| `code` \| 6 \| 66\.7 %.*\n\| `steer:rules` \| 6 \| 100\.0 %",
        r"SyntaxError",
    ),
    "05_training": (
        r"questions 24",
        r"text: answer correct",
        r"made from dpo [0-9a-f]{12}",
        r"\| game24 \| code \| code \| 1 \| correct \| yes \|",
        r"\| light_puzzles \| code \| text \| 1 \| correct \| yes \|",
    ),
    "06_experience": (
        r"\(1, 100, 3\) +learnt +\d+ tokens\n\(7, 450, 4\) +skill +\d+ tokens\n\(120, 380, 7\) +recalled +0 tokens",
        r"skill +reliability 0\.90, right on 8 questions, trusted: True",
        r"both included.*\n +answer 712 · calls of the model 0 · verified on 8 questions, reliability 0\.90, trusted",
        r"both excluded.*\n.*calls of the model 2 · no skill",
        r"1 record in the other store",
    ),
}
OWN_MODELS = ("05_training", "06_experience")
"""Notebooks that contain their models."""
CHARTS = {"04_symbench": 4, "05_training": 2, "06_experience": 1}
LARGEST = 500_000
"""Bytes of a stored notebook."""
MACHINE = re.compile(r"/(?:work|root|tmp|home|Users)/|site-packages|127\.0\.0\.1:\d")
"""What only one machine has: places and ports. Its name is looked for when outputs are stored."""


@pytest.fixture
def endpoint(socket_enabled: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Endpoint]:
    # Neither start-up files nor kernels that the person at this machine has made are any business of the notebooks.
    for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    with serve(play) as opened:
        monkeypatch.setenv(MODEL, f"{opened.url}#scripted")
        yield opened


def test_these_are_all_notebooks() -> None:
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(NAMES) == set(SHOWN)


QUICK_OR_SLOW = [
    pytest.param(name, marks=pytest.mark.slow) if name == "05_training" else name for name in NAMES
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", QUICK_OR_SLOW)
def test_it_runs_and_shows_what_it_promises(name: str, endpoint: Endpoint, tmp_path: Path) -> None:
    folder = tmp_path / "cells"
    folder.mkdir()
    executed = tidy(execute(name, folder))  # a stream may come in any number of pieces
    text = output_text(executed)
    missing = [pattern for pattern in SHOWN[name] if not re.search(pattern, text)]
    assert not missing, text
    assert charts(executed) == CHARTS.get(name, 0)
    assert complaints(executed) == []
    assert bool(endpoint.requests) is (name not in OWN_MODELS)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in OWN_MODELS])
def test_a_model_that_knows_nothing_breaks_no_cell(name: str, endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = ["I do not know."]
    folder = tmp_path / "cells"
    folder.mkdir()
    assert complaints(execute(name, folder)) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_stored_as_it_ran(name: str) -> None:
    stored = read(name)
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert output_text(stored)
    assert charts(stored) == CHARTS.get(name, 0)
    assert complaints(stored) == []
    assert stored.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("name", NAMES)
def test_it_names_no_machine_and_is_small(name: str) -> None:
    path = FOLDER / f"{name}.ipynb"
    stored = read(name)
    code = [cell.source for cell in stored.cells if cell.cell_type == "code"]
    assert MACHINE.findall(json.dumps([code, outputs(stored)])) == []
    assert stored.metadata.language_info == {"name": "python"}, "a version belongs to a machine"
    assert path.stat().st_size < LARGEST


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    texts = [cell.source for cell in read(name).cells if cell.cell_type == "markdown"]
    links = re.findall(r"\]\(([^)#]+)\)", "\n".join(texts))
    assert all((FOLDER / link).exists() for link in links if "://" not in link)


def charts(notebook: NotebookNode) -> int:
    return sum("image/svg+xml" in output.get("data", {}) for output in outputs(notebook))


def complaints(notebook: NotebookNode) -> list[str]:
    """What a reader should not have to see: errors, and warnings on the error stream."""
    return [
        str(output.get("text") or output.get("ename"))
        for output in outputs(notebook)
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]
