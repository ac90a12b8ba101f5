"""Every surface gives the same result for the same question and the same experience, and learns the same from it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langgraph.store.memory import InMemoryStore
from langgraph_sdk import get_client
from tests.contract.surfaces import BlockingInvoke, Chain, Invoke, Remote, Server, Surface, comparable
from tests.support.dev_server import dev_server
from tests.support.endpoint import Answer, serve
from tests.support.experience import (
    ANSWER,
    PAIRS,
    QUESTION,
    SANDBOX,
    SUM_SKILL,
    WRONG_SKILL,
    own_program,
    sum_question,
    teach,
)
from tests.support.models import code

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
OWN = code(own_program(7, 70))
OTHER = code("print(f'<<<{sum(n for n in range(7, 71))}>>>')")
LOOK_ALIKE = QUESTION.replace("both included", "not both included")
Case = tuple[str, tuple[tuple[int, int], ...], str, tuple[Answer, ...]]
"""A question, what a program was taught on, the program, and the task model's replies."""
CASES: dict[str, Case] = {
    "a trusted program": (QUESTION, PAIRS, SUM_SKILL, ()),
    "a young program with support": (QUESTION, PAIRS[:2], SUM_SKILL, (OWN,)),
    "a young program that is wrong": (sum_question(7, 70), ((0, 0), (5, 5)), WRONG_SKILL, (OWN, OTHER)),
    "a look-alike": (
        LOOK_ALIKE,
        PAIRS,
        SUM_SKILL,
        (code("print('<<<1>>>')"), code("print('<<<' + '1' + '>>>')")),
    ),
    "nothing known": (QUESTION, (), SUM_SKILL, (OWN, OTHER)),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dev_server(tmp_path_factory.mktemp("server")) as url:
        yield url


def contents(items: Any) -> list[tuple[Any, ...]]:
    """Return what items hold, without times, and without labels and addresses that differ between tests."""
    return sorted((*item["namespace"][4:], item["key"], _value(item["value"])) for item in items)


def _value(value: dict[str, Any]) -> str:
    return json.dumps({name: part for name, part in value.items() if name != "model"}, sort_keys=True)


async def solve_here(surface: Callable[[InMemoryStore], Surface], case: str) -> tuple[dict[str, Any], Any]:
    """Return the result of a case in this process, and what its store holds after it."""
    question, pairs, program, answers = CASES[case]
    store, namespace = InMemoryStore(), ("contract", "here")
    await teach(store, SANDBOX, *pairs, program=program, namespace=namespace)
    result = await _solve(surface(store), question, answers, namespace)
    return result, contents(item.dict() for item in store.search(("codesteer",), limit=1000))


async def solve_there(surface: Surface, url: str, case: str) -> tuple[dict[str, Any], Any]:
    """Return the result of a case on a server, and what its store holds after it."""
    question, pairs, program, answers = CASES[case]
    namespace = ("contract", f"{type(surface).__name__}-{case.replace(' ', '-')}")
    taught = InMemoryStore()
    await teach(taught, SANDBOX, *pairs, program=program, namespace=namespace)
    async with get_client(url=url) as client:
        for item in taught.search(("codesteer",), limit=1000):
            await client.store.put_item(list(item.namespace), item.key, item.value)
        result = await _solve(surface, question, answers, namespace)
        found = await client.store.search_items(["codesteer", "shared", *namespace], limit=1000)
    return result, contents(found["items"])


async def _solve(
    surface: Surface, question: str, answers: tuple[Answer, ...], namespace: tuple[str, ...]
) -> dict[str, Any]:
    with serve(*(answers or ("no model is asked",))) as endpoint:
        settings = {
            "task_model": f"{endpoint.url}#m",
            "candidates": 1,
            "check_answer": False,
            "experience": list(namespace),
        }
        result = await surface.solve(question, settings)
        assert len(endpoint.requests) == len(answers)
    return {**comparable(result), "experience": json.loads(json.dumps(result["experience"]))}


@pytest.mark.parametrize(
    ("case", "answer", "remembered"),
    [
        ("a trusted program", ANSWER, [True]),
        ("a young program with support", ANSWER, [True, False]),
        ("a young program that is wrong", ANSWER, [True, False, False]),
        ("a look-alike", "1", [False, False]),
        ("nothing known", ANSWER, [False, False]),
    ],
)
async def test_the_graph_gives_the_expected_result(case: str, answer: str, remembered: list[bool]) -> None:
    result, _ = await solve_here(Invoke, case)
    assert result["answer"] == answer
    assert [turn["recalled"] is not None for turn in result["turns"]] == remembered


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("surface", [BlockingInvoke, Chain])
async def test_a_surface_of_this_process_gives_the_same_result(
    surface: Callable[[InMemoryStore], Surface], case: str
) -> None:
    assert await solve_here(surface, case) == await solve_here(Invoke, case)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("surface", [Server, Remote])
async def test_a_server_with_its_own_store_gives_the_same_result(
    server: str, surface: Callable[[str], Surface], case: str
) -> None:
    assert await solve_there(surface(server), server, case) == await solve_here(Invoke, case)
