"""Many threads at once: every one gets its own answers, all of them, in order. Timing: benchmarks/server_load.py."""

import pytest
from tests.support.endpoint import serve
from tests.support.load import load, multiplying_model

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
USERS, ROUNDS = 16, 2
TURN = ["guiding", "decided", "generating", "executing", "executed", "checking", "checked"]
EVENTS = [*TURN, "guiding", "decided", "finished"]


async def test_no_answer_is_lost_and_none_is_mixed_up(server: str) -> None:
    with serve(multiplying_model(think=0.2)) as endpoint:
        asked = await load(server, f"{endpoint.url}#m", users=USERS, rounds=ROUNDS)
    assert len(asked) == USERS * ROUNDS
    assert [ask.answer for ask in asked] == [ask.expected for ask in asked]
    assert len({ask.expected for ask in asked}) == len(asked), "no two questions have the same answer"
    assert all([*ask.events] == EVENTS for ask in asked)
    assert {ask.turns for ask in asked} == {1}, "a thread's second question starts a new record"
