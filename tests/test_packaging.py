"""The layout follows DESIGN section 7: every package is listed, and every link points to its folder."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
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


@pytest.mark.parametrize("room", ["graph", "nodes", "prompts"])
def test_each_link_points_to_its_folder(room: str) -> None:
    link = ROOT / "src/codesteer" / room
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == ROOT / room
    assert SETTINGS["package-dir"][f"codesteer.{room}"] == room
