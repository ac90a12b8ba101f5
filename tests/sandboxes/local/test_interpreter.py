import sys
from pathlib import Path

import pytest

from codesteer.sandboxes.local.interpreter import readable_paths


def test_the_interpreter_is_readable_and_home_folders_are_not() -> None:
    paths = readable_paths()
    assert any(Path(sys.executable).resolve().is_relative_to(path) for path in paths)
    for private in (Path.home(), Path.home() / ".ssh", Path("/etc/passwd"), Path("/usr/src"), Path(__file__)):
        assert not any(private.is_relative_to(path) for path in paths)


def test_a_project_that_is_its_own_virtual_environment_is_not_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("bin", "lib", "secrets"):
        (tmp_path / part).mkdir()
    (tmp_path / ".env").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    paths = readable_paths()
    assert {path for path in paths if path.is_relative_to(tmp_path)} == {tmp_path / "bin", tmp_path / "lib"}
    assert tmp_path not in paths


def test_every_link_to_the_interpreter_is_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, alias, environment = (tmp_path / name / "bin" for name in ("3.11.7", "3.11", "venv"))
    for folder in (real, alias, environment):
        folder.mkdir(parents=True)
    (real / "python").touch()
    (alias / "python").symlink_to("../../3.11.7/bin/python")
    (environment / "python").symlink_to(alias / "python")
    monkeypatch.setattr(sys, "executable", str(environment / "python"))
    assert {real, alias, environment.parent / "bin"} - {environment} <= set(readable_paths())
