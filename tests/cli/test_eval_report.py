"""``codesteer eval report --logs``: the report, with Inspect's viewer beside it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evals.test_runner import command
from tests.support.endpoint import serve
from tests.support.models import code
from tests.support.results import result
from tests.support.terminal import Terminal

from codesteer.evals.plan import new_plan, save_plan
from codesteer.evals.results import RESULTS_FILE, read_results, read_stored, store_results
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


def test_a_report_of_several_runs_leaves_each_runs_results(terminal: Terminal, stored: Path) -> None:
    other = stored.parent / "other"
    save_plan(replace(PLAN, max_turns=1), other)
    store_results([result("code", solved=False)], other / RESULTS_FILE)
    own = [read_results(folder) for folder in (stored, other)]
    for _ in range(2):
        assert terminal.run("eval", "report", "stored", "other", "stored/../stored")[0] == 0
        assert [read_results(folder) for folder in (stored, other)] == own
        text = (stored / "report.md").read_text()
        assert "| `code · max turns 5` | 1 | 100.0 %" in text
        assert "| `code · max turns 1` | 1 | 0.0 %" in text


def test_the_results_of_several_runs_are_stored_by_their_settings(terminal: Terminal, stored: Path) -> None:
    other = stored.parent / "other"
    save_plan(replace(PLAN, max_turns=1), other)
    store_results([result("code", solved=False)], other / RESULTS_FILE)
    assert terminal.run("eval", "report", "stored", "other", "--out", "both")[0] == 0
    both = {one.method: one.solved for one in read_stored(stored.parent / "both" / RESULTS_FILE)}
    assert both == {"code · max turns 5": True, "code · max turns 1": False}
    status, _, err = terminal.run("eval", "report", "stored", "--out", "other")
    assert (status, "other holds another run, whose results would be lost" in err) == (2, True)
    assert read_results(other)[0].solved is False


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
