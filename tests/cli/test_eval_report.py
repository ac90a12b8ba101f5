"""``codesteer eval report --logs``: the report, with Inspect's viewer beside it."""

import json
from pathlib import Path

import pytest
from tests.evals.test_runner import command
from tests.support.endpoint import serve
from tests.support.models import code
from tests.support.results import result
from tests.support.terminal import Terminal

from codesteer.evals.plan import new_plan, save_plan
from codesteer.evals.results import RESULTS_FILE, store_results
from codesteer.evals.selection import ItemSelection

pytestmark = pytest.mark.timeout(300)
PLAN = new_plan(methods=("code",), model="m", selection=ItemSelection(), samples=1)
LINK = '<a href="viewer/index.html">'


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The folder of a run of which only the results are left."""
    save_plan(PLAN, tmp_path / "stored")
    store_results([result("code", solved=True)], tmp_path / "stored" / RESULTS_FILE)
    return tmp_path / "stored"


@pytest.mark.enable_socket
def test_the_report_links_to_a_viewer_with_the_logs_of_every_run(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with serve(code("print('<<<42>>>')")) as endpoint:
        for folder, seed in (("one", "0"), ("two", "1")):
            assert (
                command(endpoint.url, tmp_path / folder, "--tasks", "letters", "--seed", seed).returncode == 0
            )
    for folders in (["one"], ["one", "two"]):
        status, out, _ = terminal.run("eval", "report", *folders, "--logs", "--out", "my report")
        assert (status, out.splitlines()[1:]) == (
            0,
            [
                "wrote viewer/; to open it: python -m http.server --bind 127.0.0.1 --directory 'my report'",
            ],
        )
        assert (tmp_path / "my report/report.html").read_text().count(LINK) == 1
        logs = tmp_path / "my report/viewer/logs"
        listed = json.loads((logs / "listing.json").read_text())
        assert len(listed) == len(folders)
        assert all((logs / name).is_file() for name in listed)
        assert str(tmp_path) not in (logs.parent / "index.html").read_text(), (
            "a local path is nobody's business"
        )
    assert sorted(name.partition("/")[0] for name in listed) == ["1-one", "2-two"]


def test_without_logs_there_is_no_viewer_and_no_report(terminal: Terminal, stored: Path) -> None:
    status, _, err = terminal.run("eval", "report", str(stored), "--logs", "--out", str(stored / "report"))
    assert (status, "holds no logs (logs/*.eval)" in err, "omit --logs" in err) == (2, True, True)
    assert not (stored / "report").exists()


def test_the_report_of_stored_results_links_to_no_viewer(terminal: Terminal, stored: Path) -> None:
    assert terminal.run("eval", "report", str(stored))[0] == 0
    page = (stored / "report.html").read_text()
    assert (LINK in page, "inspect view" in page) == (False, True)
    assert not (stored / "viewer").exists()


def test_a_folder_that_is_no_viewer_is_not_replaced(terminal: Terminal, stored: Path) -> None:
    (stored / "logs").mkdir()
    (stored / "logs/a.eval").touch()
    (stored / "viewer").mkdir()
    (stored / "viewer/thesis.tex").touch()
    status, _, err = terminal.run("eval", "report", str(stored), "--logs")
    assert (status, "exists and is no viewer" in err) == (2, True)
    assert (stored / "viewer/thesis.tex").exists()
