"""Whose experience a run uses: the application's, or on a server with users each user's own."""

from dataclasses import dataclass
from typing import Any

import pytest
from langgraph.runtime import Runtime, ServerInfo
from langgraph.store.memory import InMemoryStore

from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.nodes.runtime import NodeRuntime, Resources
from codesteer.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class User:
    """A user of a server, as LangGraph describes it."""

    identity: str


def namespace(
    user: str | None, *labels: str, shared: tuple[str, ...] = (), server: bool = True
) -> tuple[str, ...]:
    person: Any = User(user) if user is not None else None
    info = ServerInfo(assistant_id="a", graph_id="codesteer", user=person) if server else None
    runtime = Runtime(context=Context(experience=labels), store=InMemoryStore(), server_info=info)
    resources = Resources(policy=Policy(shared_experience=shared) if server else None)
    return NodeRuntime.extend(runtime, resources).library().namespace


def test_without_users_an_application_shares_its_experience() -> None:
    assert namespace(None, "app", "topic", server=False) == ("codesteer", "shared", "app", "topic")
    assert namespace(None, "app", "topic") == ("codesteer", "shared", "app", "topic")


def test_users_have_experience_of_their_own() -> None:
    alice, bob = namespace("alice", "app"), namespace("bob", "app")
    assert alice[:2] == bob[:2] == ("codesteer", "users")
    assert alice[3:] == bob[3:] == ("app",)
    assert alice[2] != bob[2]
    assert namespace("alice", "app") == alice


@pytest.mark.parametrize(
    "identity", ["a.b@example.com", "", "*", "shared", "x" * 5000, "\u00e4\u4e2d", "a/../b"]
)
def test_any_identity_makes_a_label_that_stores_take(identity: str) -> None:
    label = namespace(identity, "app")[2]
    assert (len(label), label.isalnum()) == (24, True)


def test_the_operator_can_share_experience() -> None:
    assert namespace("alice", "team", shared=("team",)) == namespace("bob", "team", shared=("team",))
    assert namespace("alice", "team", shared=("team",)) == ("codesteer", "shared", "team")
    assert namespace("alice", "other", "team", shared=("team",))[1] == "users"


def test_no_labels_lead_to_the_experience_of_another_user() -> None:
    alice = namespace("alice", "app")
    for labels in (alice, alice[1:], ("users", alice[2], "app")):
        assert namespace("bob", *labels[:4]) != alice
        assert namespace("bob", *labels[:4])[:2] == ("codesteer", "users")


def test_without_a_store_the_error_says_what_to_do() -> None:
    runtime = NodeRuntime.extend(Runtime(context=Context(experience=("app",))), Resources())
    with pytest.raises(ConfigurationError, match=r"compile\(store="):
        runtime.library()
