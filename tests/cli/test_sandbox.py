import pytest
from tests.support import e2b_cloud
from typer.testing import CliRunner

from codesteer.cli.sandbox import app
from codesteer.sandboxes import checkup
from codesteer.sandboxes.probes import PROBES

pytestmark = pytest.mark.enable_socket


def test_check_shows_the_isolation_and_its_proof() -> None:
    done = CliRunner().invoke(app, ["check"])
    assert done.exit_code == 0, done.output
    assert "strength: strong" in done.output
    assert done.output.count("held") == len(PROBES)
    assert "numpy" in done.output


def test_check_fails_when_a_probe_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "PROBES", PROBES[:1])
    done = CliRunner().invoke(app, ["check", "--sandbox", "unsafe-subprocess"])
    assert done.exit_code == 1
    assert "GOT THROUGH" in done.output


def test_sweep_says_what_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with e2b_cloud.serve() as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        cloud.machines |= {"leaked": {"codesteer": "1", "host": "another", "pid": "1"}}
        assert "0 ended, 1 in use elsewhere" in CliRunner().invoke(app, ["sweep"]).output
        assert "ended leaked\n1 ended" in CliRunner().invoke(app, ["sweep", "--all"]).output
