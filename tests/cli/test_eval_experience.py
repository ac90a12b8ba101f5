"""``codesteer eval``: stores of experience are checked before anything is asked, and streams say what they learnt."""

from pathlib import Path

import pytest
from tests.support.stores import METHOD, fill_store, items
from tests.support.terminal import Terminal

from codesteer.evals.plan import new_plan, save_plan
from codesteer.evals.results import RESULTS_FILE, store_results
from codesteer.evals.selection import ItemSelection
from codesteer.evals.stores import describe_store, stream_store

MODEL = "http://127.0.0.1:9/v1#m"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--methods", METHOD), f"{METHOD} needs a store of experience; set --experience FILE.sqlite"),
        (("--methods", "code", "--experience", "store.sqlite"), "no method uses --experience; omit it"),
        (("--methods", METHOD, "--experience", "missing.sqlite"), "cannot use missing.sqlite as a store"),
        (("--methods", METHOD, "--experience", "notes.txt"), "(file is not a database); choose another file"),
        (
            ("--methods", METHOD, "--stream", "--namespace", "a b"),
            "--namespace: 'a b' is no label",
        ),
        (("--methods", METHOD, "--stream", "--namespace", ","), "--namespace needs at least one label"),
        (
            ("--methods", METHOD, "--experience", "store.sqlite", "--graph-url", "http://127.0.0.1:9"),
            "a server has a store of its own",
        ),
        (("--methods", "steer+experience:"), "has no guide; write steer+experience:rules"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused_in_a_line(
    options: tuple[str, ...], message: str, terminal: Terminal, tmp_path: Path
) -> None:
    fill_store(Path("store.sqlite"), *items(2))
    Path("notes.txt").write_text("notes " * 1000)
    status, _, err = terminal.run("eval", "run", "--out", "run", "--model", MODEL, *options)
    assert (status, message in err, err.count("\n")) == (2, True, 1), err
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "missing.sqlite").exists()


def test_the_status_of_a_stream_says_what_it_learnt(terminal: Terminal, tmp_path: Path) -> None:
    plan = new_plan(
        methods=("code", METHOD),
        model="m",
        selection=ItemSelection(tasks=("letters",), level=1),
        samples=3,
        experience=describe_store(None, ("default",)),
        stream=True,
    )
    save_plan(plan, tmp_path)
    store_results([], tmp_path / RESULTS_FILE)
    fill_store(stream_store(tmp_path, METHOD), *items(3, "test"))
    status, out, _ = terminal.run("eval", "status", str(tmp_path))
    assert (status, out.splitlines()[-1]) == (0, f"{METHOD}: records learnt: 1; wrong: 0 (0 %)")
