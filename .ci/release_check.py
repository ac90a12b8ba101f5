"""Install both distributions in clean environments of every Python found, and use them: ``make release-check``."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.endpoint import serve  # noqa: E402 (after the path)
from tests.support.models import code  # noqa: E402

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
QUESTION = "What is 6 * 7? Return it as <<<number>>>."
PROGRAM = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")


def interpreters() -> Iterator[str]:
    """Yield the Pythons of the supported versions that can create environments."""
    for version in VERSIONS:
        path = shutil.which(f"python{version}")
        works = (
            path and subprocess.run([path, "-c", "import venv, ensurepip"], capture_output=True).returncode
        )
        if path and works == 0:
            yield path
        else:
            print(f"python{version}: not found, not checked", flush=True)


def check(python: str, distribution: Path, version: str) -> None:
    """Install a distribution and use it; raise an exception if anything fails."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        subprocess.run([python, "-m", "venv", place / "venv"], check=True)
        binaries = place / "venv/bin"
        subprocess.run([binaries / "pip", "install", "--quiet", distribution], check=True)

        def run(*arguments: str) -> str:
            command = [str(binaries / "codesteer"), *arguments]
            return subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout

        assert run("--version").strip() == version
        _verify_items(place, run("symbench", "generate", "--task", "game24", "--count", "3", "--seed", "1"))
        scores = run("symbench", "verify", "--task", "game24", "--samples", "items", "--answers", "answers")
        assert [json.loads(line)["outcome"] for line in scores.splitlines()] == ["wrong"] * 3
        with serve(PROGRAM) as endpoint:
            model = ("--task-model", f"{endpoint.url}#m", "--no-check-answer")
            assert json.loads(run("solve", QUESTION, "--json", *model))["answer"] == "42"


def _verify_items(place: Path, items: str) -> None:
    (place / "items").write_text(items)
    answers = [{"id": json.loads(line)["id"], "answer": "<<<1>>>"} for line in items.splitlines()]
    (place / "answers").write_text("".join(json.dumps(answer) + "\n" for answer in answers))


def main() -> None:
    """Check every distribution on every Python."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    distributions = sorted((ROOT / "dist").glob(f"codesteer-{version}*"))
    assert len(distributions) == 2, f"expected an sdist and a wheel of {version}, found {distributions}"
    pythons = list(interpreters())
    assert pythons, "found no Python of a supported version"
    for python in pythons:
        for distribution in distributions:
            check(python, distribution, version)
            print(f"{os.path.basename(python)} {distribution.name}: works", flush=True)


if __name__ == "__main__":
    main()
