"""The wheel contains the package and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    source = tmp_path_factory.mktemp("source")
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    archive = subprocess.run(
        ["tar", "-cf", "-", *filter(None, files)], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-xf", "-", "-C", str(source)], input=archive.stdout, check=True)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_only_the_package_is_at_the_top_level(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"codesteer"}


def test_templates_types_and_data_are_included(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    prompts = {
        f"codesteer/prompts/{p.relative_to(ROOT / 'prompts')}" for p in (ROOT / "prompts").rglob("*.md")
    }
    assert prompts <= names
    assert {"codesteer/py.typed", "codesteer/cli/trace.html", "codesteer/graph/workflow.py"} <= names
    assert {f"codesteer/symbench/data/{name}.jsonl" for name in ("audit", "reviewed")} <= names


def test_tests_and_notebooks_are_not_included(wheel: Path) -> None:
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "test" in name or "notebook" in name]
