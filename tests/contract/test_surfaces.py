"""Every surface gives the same answers, outcomes and turns for the same questions and models."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.contract.surfaces import (
    BlockingInvoke,
    Chain,
    Inspect,
    Invoke,
    Remote,
    Result,
    Server,
    Surface,
    comparable,
    record,
)
from tests.support.dev_server import dev_server
from tests.support.endpoint import Answer, serve
from tests.support.models import check, code

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
QUESTION = "What is 6 * 7? Return it as <<<number>>>."
RIGHT = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")
WRONG = code("result = 6 * 4\nprint('<<<' + str(result) + '>>>')")
CRASHING = code("result = 6 / 0\nprint(result)")
TEST = check("int(answer) == 6 * 7", "product")
WORDS = "Six times seven is forty-two. <<<42>>>"

FAILS = "the endpoint refuses later"
SCRIPTS: dict[str, tuple[str, tuple[Answer, ...], dict[str, Any], tuple[str, str, list[int]]]] = {
    "confirmed at once": (QUESTION, (RIGHT, TEST), {}, ("42", "returned", [1])),
    "refuted, then right": (QUESTION, (WRONG, TEST, RIGHT, TEST), {}, ("42", "returned", [1, 2])),
    "a program that fails": (QUESTION, (CRASHING, RIGHT, TEST), {}, ("42", "returned", [1, 2])),
    "in words": (
        "Who wrote Faust?",
        ("Goethe. <<<Goethe>>>",),
        {"check_answer": False},
        ("Goethe", "returned", [1]),
    ),
    "no turns left": (QUESTION, (WRONG, TEST), {"max_turns": 2}, ("24", "turn_limit", [1, 2])),
    "no tokens left": (QUESTION, (WRONG, TEST), {"max_tokens": 10}, ("24", "budget_spent", [1])),
    FAILS: (
        QUESTION,
        (WRONG, TEST, (401, {"error": {"message": "key expired"}})),
        {},
        ("24", "failed", [1]),
    ),
    "a model as guide gives up": (
        QUESTION,
        ('{"action": "text"}', WORDS, '{"action": "terminate", "reason": "enough"}'),
        {"guide": "", "check_answer": False},
        ("42", "terminated", [1]),
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dev_server(tmp_path_factory.mktemp("server")) as url:
        yield url


SURFACES: dict[str, Callable[[str], Surface]] = {
    "invoke": lambda _: Invoke(),
    "blocking invoke": lambda _: BlockingInvoke(),
    "chain": lambda _: Chain(),
    "langgraph dev": Server,
    "RemoteGraph": Remote,
}
OTHERS = [name for name in SURFACES if name != "invoke"]


@pytest.fixture(scope="module")
def by_inspect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inspect]:
    surface = Inspect(tmp_path_factory.mktemp("logs"))
    yield surface
    surface.close()


async def solve(surface: Surface, script: str, shorten: Callable[[Result], Result] = dict) -> dict[str, Any]:
    question, answers, settings, _ = SCRIPTS[script]
    with serve(*answers) as endpoint:
        model = f"{endpoint.url}#m"
        guide = {"guide": model} if "guide" in settings else {}
        result = comparable(
            shorten(
                await surface.solve(question, {"task_model": model, "candidates": 1, **settings, **guide})
            )
        )
        return {key: _nameless(part, model) for key, part in result.items()}


def _nameless(value: Any, model: str) -> Any:
    """Replace the endpoint's address, which is part of the guide's name and differs between scripts."""
    if isinstance(value, dict):
        return {key: _nameless(part, model) for key, part in value.items()}
    if isinstance(value, list):
        return [_nameless(part, model) for part in value]
    return "model" if value == model else value


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_graph_gives_the_expected_result(script: str) -> None:
    result = await solve(Invoke(), script)
    *_, expected = SCRIPTS[script]
    assert (result["answer"], result["outcome"], [turn["number"] for turn in result["turns"]]) == expected


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", OTHERS)
async def test_every_surface_gives_the_same_result(server: str, name: str, script: str) -> None:
    assert await solve(SURFACES[name](server), script) == await solve(Invoke(), script)


@pytest.mark.parametrize("script", [script for script in SCRIPTS if script != FAILS])
async def test_inspect_gives_the_same_result(by_inspect: Inspect, script: str) -> None:
    assert await solve(by_inspect, script) == await solve(Invoke(), script, record)


async def test_inspect_treats_a_failed_run_as_an_error(by_inspect: Inspect) -> None:
    """Other surfaces return the best answer so far; an evaluation must repeat the run."""
    with pytest.raises(RuntimeError, match="a model or the sandbox failed"):
        await solve(by_inspect, FAILS)


@pytest.mark.parametrize(
    ("question", "settings", "message"),
    [
        ("  ", {}, "the question is empty"),
        (QUESTION, {"max_turns": 99}, "max_turns"),
        (QUESTION, {"sandbox": "nowhere"}, "unknown sandbox 'nowhere'"),
        (QUESTION, {"wheels": 4}, "wheels"),
    ],
)
async def test_inspect_reports_errors(
    by_inspect: Inspect, question: str, settings: dict[str, Any], message: str
) -> None:
    """Models and prompts come from Inspect, not from the context, and are not tested here."""
    with serve(RIGHT) as endpoint, pytest.raises(RuntimeError, match=message):
        await by_inspect.solve(question, {"task_model": f"{endpoint.url}#m", **settings})


@pytest.mark.parametrize(
    ("question", "settings", "message"),
    [
        ("  ", {}, "the question is empty"),
        (QUESTION, {"max_turns": 99}, "max_turns"),
        (QUESTION, {"task_model": "nonsense:model"}, "unknown model provider 'nonsense'"),
        (QUESTION, {"sandbox": "nowhere"}, "unknown sandbox 'nowhere'"),
        (QUESTION, {"checker_prompt": "$reply"}, "no placeholder $reply"),
    ],
)
@pytest.mark.parametrize("name", SURFACES)
async def test_every_surface_reports_errors(
    server: str, name: str, question: str, settings: dict[str, Any], message: str
) -> None:
    with serve(RIGHT) as endpoint, pytest.raises(Exception) as failure:  # noqa: PT011 (remote ones have no type)
        await SURFACES[name](server).solve(question, {"task_model": f"{endpoint.url}#m", **settings})
    assert message in str(failure.value)


@pytest.mark.parametrize("name", SURFACES)
async def test_an_unknown_setting_is_named(server: str, name: str) -> None:
    with pytest.raises(Exception, match="wheels"):  # remote ones have no type
        await SURFACES[name](server).solve(QUESTION, {"wheels": 4})
