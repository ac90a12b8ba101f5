"""The layout follows DESIGN section 7: every package is listed, and every link points to its folder."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CONSTRAINTS = (ROOT / "constraints.txt").read_text()
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def package_name(init: Path) -> str:
    folder = init.parent.relative_to(ROOT)
    parts = folder.parts[1:] if folder.parts[0] == "src" else ("codesteer", *folder.parts)
    return ".".join(parts)


def test_every_package_is_listed() -> None:
    rooms = [ROOT / room for room in ("graph", "nodes", "prompts")]
    inits = [
        path
        for top in (ROOT / "src/codesteer", *rooms)
        for path in top.rglob("__init__.py")
        if not any(parent.is_symlink() for parent in path.parents)
    ]
    assert {package_name(path) for path in inits} == set(SETTINGS["packages"])


def test_the_citation_names_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"version: {project['version']}\n" in (ROOT / "CITATION.cff").read_text()


def test_the_latest_release_in_the_changelog_is_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    releases = re.findall(
        r"^## (\S+) \(\d{4}-\d\d-\d\d\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert releases[0] == project["version"]


def requirements() -> list[Requirement]:
    """Return all direct dependencies, those of extras and groups included."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project, groups = settings["project"], settings["dependency-groups"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), *groups.values()]
    return [Requirement(text) for texts in lists for text in texts if isinstance(text, str)]


def is_pinned(needed: Requirement) -> bool:
    name = re.escape(canonicalize_name(needed.name))
    versions = re.findall(rf"^{name}==([^\s;]+)", CONSTRAINTS, re.MULTILINE)
    return any(needed.specifier.contains(version, prereleases=True) for version in versions)


def test_every_dependency_is_constrained_to_a_version_that_fits() -> None:
    loose = [str(needed) for needed in requirements() if not is_pinned(needed)]
    assert [text for text in loose if not text.startswith("codesteer")] == [], "run `make lock`"


def test_constraints_name_no_registry() -> None:
    assert "://" not in CONSTRAINTS


def test_every_place_that_contributors_are_sent_to_exists() -> None:
    named = re.findall(
        r"`((?:src|tests|graph|nodes|prompts|\.ci)/[\w./]*)`", (ROOT / "CONTRIBUTING.md").read_text()
    )
    assert len(named) > 10
    assert [place for place in named if not (ROOT / place).exists()] == []


def test_hooks_and_workflow_are_valid_and_call_what_exists() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [hook["id"] for hook in hooks] == ["ruff-check", "ruff-format", "mypy"]
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert ".ci/run" in commands
    places = [word for command in commands for word in command.split() if word.startswith("tests/")]
    assert [place for place in places if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("room", ["graph", "nodes", "prompts"])
def test_each_link_points_to_its_folder(room: str) -> None:
    link = ROOT / "src/codesteer" / room
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == ROOT / room
    assert SETTINGS["package-dir"][f"codesteer.{room}"] == room
