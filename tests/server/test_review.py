"""A person reviews through the SDK: plain values, as Studio sends them; the wrong ones are explained."""

from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient
from tests.server.test_dev_server import QUESTION, SOLVE, TEST
from tests.support.endpoint import Endpoint, serve

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]


class Reviewed:
    """One run that stops for a person."""

    def __init__(self, client: LangGraphClient, endpoint: Endpoint, *review: str) -> None:
        self._client = client
        self._context: Any = {"task_model": f"{endpoint.url}#m", "review": [*review], "candidates": 1}
        self._thread = ""

    async def start(self) -> Any:
        thread: Any = await self._client.threads.create()
        self._thread = thread["thread_id"]
        return await self._wait(input=QUESTION)

    async def resume(self, answer: Any) -> Any:
        return await self._wait(command={"resume": answer})

    async def status(self) -> str:
        thread: Any = await self._client.threads.get(self._thread)
        return str(thread["status"])

    async def _wait(self, **given: Any) -> Any:
        return await self._client.runs.wait(self._thread, "codesteer", context=self._context, **given)


def question(result: Any) -> Any:
    return result["__interrupt__"][0]["value"]


def action(result: Any) -> Any:
    (asked,) = question(result)["action_requests"]
    return asked


@pytest.mark.parametrize("approval", ["approve", True, {"type": "approve"}])
async def test_approving(client: LangGraphClient, approval: Any) -> None:
    with serve(SOLVE, TEST) as endpoint:
        run = Reviewed(client, endpoint, "code")
        asked = action(await run.start())
        program = "result = 6 * 7\nprint('<<<' + str(result) + '>>>')"
        assert (asked["name"], asked["args"]) == ("run_program", {"program": program})
        assert await run.status() == "interrupted"
        assert (await run.resume(approval))["answer"] == "42"


async def test_editing(client: LangGraphClient) -> None:
    with serve(SOLVE, TEST) as endpoint:
        run = Reviewed(client, endpoint, "code")
        await run.start()
        result = await run.resume({"type": "edit", "text": "print(2 * 21)"})
    assert result["turns"][0]["program"] == "print(2 * 21)"
    assert result["answer"] == "42"


async def test_rejecting_with_a_reason(client: LangGraphClient) -> None:
    with serve(SOLVE, SOLVE, TEST) as endpoint:
        run = Reviewed(client, endpoint, "code")
        await run.start()
        assert action(await run.resume({"type": "reject", "reason": "no products"}))["name"] == "run_program"
        assert "no products" in endpoint.requests[1]["messages"][-1]["content"]


async def test_guidance_and_then_code(client: LangGraphClient) -> None:
    with serve(SOLVE, TEST) as endpoint:
        run = Reviewed(client, endpoint, "guidance", "code")
        assert action(await run.start())["name"] == "send_guidance"
        assert action(await run.resume({"type": "edit", "text": "Multiply."}))["name"] == "run_program"
        assert "Multiply." in endpoint.requests[0]["messages"][-1]["content"]
        assert (await run.resume("approve"))["answer"] == "42"


@pytest.mark.parametrize("nonsense", ["perhaps", 17, {"type": "edit"}, [], {"decision": "approve"}])
async def test_an_answer_of_the_wrong_form_is_explained_and_asked_for_again(
    client: LangGraphClient, nonsense: Any
) -> None:
    with serve(SOLVE, TEST) as endpoint:
        run = Reviewed(client, endpoint, "code")
        await run.start()
        again = question(await run.resume(nonsense))
        assert "none of the accepted forms" in again["error"]
        assert "approve" in again["review_configs"][0]["allowed_decisions"]
        assert await run.status() == "interrupted"
        assert (await run.resume("approve"))["answer"] == "42"
        assert len(endpoint.requests) == 2
