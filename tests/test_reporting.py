"""A failing test never ends the test run, even if reporting it fails."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FAILING = """
import _pytest._code.source as source
import pytest


def broken(*args, **kwargs):
    raise {error}


@pytest.fixture
def fails_late():
    yield
    assert False, "late"


def test_fails(monkeypatch):
    source.ast = type("ast", (), {{"parse": staticmethod(broken)}})
    assert 1 + 1 == 3


def test_fails_in_its_teardown(fails_late):
    pass


def test_passes():
    pass


@pytest.mark.skip(reason="shown as skipped")
def test_is_skipped():
    pass


@pytest.mark.xfail
def test_is_expected_to_fail():
    assert False
"""


@pytest.mark.parametrize(
    ("error", "workers"),
    [
        ("SystemError('recursion depth')", []),
        ("SystemError('recursion depth')", ["-n", "1"]),
        ("IndexError()", []),
        ("RecursionError()", []),
    ],
)
def test_a_failing_test_never_ends_the_run(tmp_path: Path, error: str, workers: list[str]) -> None:
    (tmp_path / "test_it.py").write_text(FAILING.format(error=error))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.support.reporting",
        "-p",
        "no:cacheprovider",
        *workers,
    ]
    done = subprocess.run(
        [*command, "--override-ini=addopts=", "-c", "/dev/null", "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 2 passed, 1 skipped, 1 xfailed, 1 error" in done.stdout
    assert "INTERNALERROR" not in done.stdout
    assert "reported in short" in done.stdout
