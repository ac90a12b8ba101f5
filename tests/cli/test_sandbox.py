import pytest
from tests.support import e2b_cloud
from typer.testing import CliRunner

from codesteer.cli.sandbox import app
from codesteer.sandboxes import isolation_check
from codesteer.sandboxes.probes import PROBES

pytestmark = pytest.mark.enable_socket


def test_check_shows_the_isolation_and_the_probes() -> None:
    done = CliRunner().invoke(app, ["check"])
    assert done.exit_code == 0, done.output
    assert "strength: strong" in done.output
    assert done.output.count("blocked") == len(PROBES)
    assert "numpy" in done.output


def test_check_fails_if_a_probe_is_not_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation_check, "PROBES", PROBES[:1])
    done = CliRunner().invoke(app, ["check", "--sandbox", "unsafe-subprocess"])
    assert done.exit_code == 1
    assert "NOT BLOCKED" in done.output


def test_cleanup_lists_killed_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    with e2b_cloud.serve() as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        cloud.machines |= {"leaked": {"codesteer": "1", "host": "another", "pid": "1"}}
        assert "0 killed, 1 in use" in CliRunner().invoke(app, ["cleanup"]).output
        assert "killed leaked\n1 killed" in CliRunner().invoke(app, ["cleanup", "--all"]).output
