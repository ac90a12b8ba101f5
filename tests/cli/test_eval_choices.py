"""``codesteer eval run`` and ``status``: every option has an effect, or is refused before anything runs."""

from pathlib import Path
from typing import Any

import pytest
from tests.support.terminal import Terminal

from codesteer.cli import eval as command
from codesteer.cli.eval_choices import DEFAULT_METHODS, SERVER_METHODS, choose_methods
from codesteer.errors import ConfigurationError
from codesteer.evals.plan import Plan, new_plan, save_plan
from codesteer.evals.selection import ItemSelection


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans that the command would run."""
    made: list[Plan] = []
    monkeypatch.setattr(command, "_ensure_models", lambda plan: None)
    monkeypatch.setattr(command, "_run_plan", lambda plan, *_: made.append(plan))
    monkeypatch.delenv("CODESTEER_OFFICIAL", raising=False)
    return made


def run(terminal: Terminal, *options: str) -> tuple[int, str]:
    status, _, err = terminal.run("eval", "run", "--out", "results", *options)
    return status, err


@pytest.mark.parametrize(
    ("listed", "guide", "chosen"),
    [
        ("code,steer", None, ("code", "steer:rules")),
        ("steer,steer:rules, steer ,", None, ("steer:rules",)),
        (
            "steer,steer:rules,steer-no-checks",
            "local",
            ("steer:local", "steer:rules", "steer-no-checks:local"),
        ),
        ("code,code", None, ("code",)),
        (",", None, ()),
        (DEFAULT_METHODS, None, ("question", "code", "codeact", "steer:rules")),
        (DEFAULT_METHODS, "hf:guide", ("question", "code", "codeact", "steer:hf:guide")),
        (SERVER_METHODS, "local", ("steer:local",)),
    ],
)
def test_methods_get_their_guide_and_count_once(
    listed: str, guide: str | None, chosen: tuple[str, ...]
) -> None:
    assert choose_methods(listed, guide) == chosen


@pytest.mark.parametrize("listed", ["code", "steer:rules", "vote:tokens", ""])
def test_a_guide_that_no_method_needs_is_refused(listed: str) -> None:
    with pytest.raises(ConfigurationError, match="no method uses --guide local; omit it"):
        choose_methods(listed, "local")


@pytest.mark.parametrize("graph_url", [(), ("--graph-url", "http://127.0.0.1:9")])
def test_the_default_steering_method_takes_the_guide(
    graph_url: tuple[str, ...], terminal: Terminal, plans: list[Plan]
) -> None:
    assert run(terminal, "--guide", "openai:gpt-4o", *graph_url)[0] == 0
    assert plans[0].methods[-1] == "steer:openai:gpt-4o"


UNUSED: Any = [
    (("--guide", "local", "--methods", "code"), "no method uses --guide local"),
    (("--official", "."), "--split test generates its items; omit --official, or add --split official"),
    (("--official", ".", "--split", "dev"), "--split dev generates its items"),
    (("--official", ".", "--split", "official", "--level", "2"), "--split official has no levels; omit"),
    (("--official", ".", "--split", "verified", "--seed", "0"), "--split verified draws no items; omit"),
    (("--namespace", "mine"), "no store uses --namespace; omit it"),
    (("--namespace", "mine", "--stream"), "no store uses --namespace; omit it"),
]


@pytest.mark.parametrize(("options", "message"), UNUSED)
def test_an_option_without_effect_is_refused(
    options: tuple[str, ...], message: str, terminal: Terminal, plans: list[Plan]
) -> None:
    status, err = run(terminal, *options)
    assert (status, message in err, err.strip().count("\n"), plans) == (2, True, 0, []), err


@pytest.mark.parametrize(
    "options",
    [
        ("--official", ".", "--split", "official"),
        ("--official", ".", "--split", "official", "--stream", "--seed", "3"),
        ("--methods", "steer+experience", "--stream", "--namespace", "mine"),
        ("--level", "2", "--seed", "3"),
    ],
)
def test_an_option_with_effect_is_not(
    options: tuple[str, ...], terminal: Terminal, plans: list[Plan]
) -> None:
    assert run(terminal, *options)[0] == 0
    assert len(plans) == 1


def test_the_environment_may_name_data_that_a_run_does_not_use(
    terminal: Terminal, plans: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODESTEER_OFFICIAL", ".")
    assert run(terminal)[0] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--methods", ","), "no methods to run"),
        (("--methods", ""), "no methods to run"),
        (("--tasks", " , "), "no tasks to ask"),
        (("--max-seconds", "nan"), "--max-seconds"),
        (("--max-seconds", "inf"), "give a finite number"),
        (("--temperature", "nan"), "--temperature"),
        (("--retry-temperature", "nan"), "--retry-temperature"),
    ],
)
def test_nothing_to_run_is_a_usage_error(options: tuple[str, ...], message: str, terminal: Terminal) -> None:
    status, err = run(terminal, "--model", "http://127.0.0.1:9/v1#m", *options)
    assert (status, message in err, "Traceback" in err) == (2, True, False), err
    assert not Path("results/run.json").exists()


def test_the_status_of_generated_items_needs_no_official_data(terminal: Terminal, tmp_path: Path) -> None:
    plan = new_plan(methods=("code",), model="m", selection=ItemSelection(), samples=1)
    save_plan(plan, tmp_path / "results")
    status, _, err = terminal.run("eval", "status", "results", "--official", ".")
    assert (status, "--split test generates its items; omit --official" in err) == (2, True)
