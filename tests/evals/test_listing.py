"""Every method is listed by ``codesteer eval methods`` and described in the documentation."""

import re

from tests.support.pages import PAGES
from typer.testing import CliRunner

from codesteer.cli.eval import app
from codesteer.evals.methods.names import PARALLEL_METHODS, SCRIPTED_METHODS, STEERING_METHODS
from codesteer.evals.methods.registry import load_method

NAMES = [*SCRIPTED_METHODS, *PARALLEL_METHODS, *STEERING_METHODS]


def test_the_command_lists_every_method() -> None:
    listed = CliRunner().invoke(app, ["methods"], env={"COLUMNS": "200"})
    assert listed.exit_code == 0, listed.output
    assert [name for name in NAMES if name not in listed.output] == []


def test_the_documentation_has_a_row_for_every_method() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", PAGES["evaluation"], re.MULTILINE)
    described = {
        name.removesuffix(":GUIDE").rstrip(":") for row in rows for name in re.findall(r"`([^`]+)`", row)
    }
    assert [name for name in NAMES if name not in described] == []


def test_methods_that_set_their_turns_do_so_within_the_limits_of_a_context() -> None:
    from codesteer.graph.context import Context

    for name in ("vote:2", "vote:8", "vote:tokens", "mixture"):
        settings = load_method(name).settings
        assert Context(**settings).max_turns == settings["max_turns"]
