"""A tree of guidance: from one question, several decisions at every turn, each with what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from codesteer.graph.state import Outcome as Ending
from codesteer.graph.state import Turn
from codesteer.guides.chat_model import decision_text
from codesteer.guides.decision import Decision
from codesteer.symbench import Outcome


class Message(TypedDict):
    """One message of a conversation, as chat templates and ``datasets`` take it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """How a run ended."""

    ending: Ending
    answer: str
    """The run's final message, as it was judged."""
    outcome: Outcome
    """The strict verdict on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One decision of a guide, and what came of it."""

    id: str
    """The way from the root: ``0.2.1`` is the second child of the third child of the first decision."""
    proposers: tuple[str, ...]
    """Who proposed this decision; several guides may have come to the same one."""
    seen: str
    """The last message that the guide saw before it decided; those before are its ancestors'."""
    decision: Decision
    turn: Turn | None = None
    """What the task model did; None where the decision ended the run."""
    outcome: Outcome | None = None
    """The strict verdict on the turn's own answer; None where there is no turn."""
    leaf: Leaf | None = None
    """How the run ended; None where it went on."""

    @property
    def depth(self) -> int:
        """The number of this decision in its run, counted from 1."""
        return self.id.count(".") + 1

    @property
    def parent(self) -> str:
        """The id of the decision before; empty for a first one."""
        return self.id.rpartition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Every run that was tried on one question; siblings share the exact state that they started from."""

    item: dict[str, Any]
    """The question's record, as ``symbench.to_record`` gives it."""
    system: str
    """The first message that the guide sees."""
    nodes: tuple[Node, ...]
    """Parents before their children."""
    seconds: float

    @property
    def id(self) -> str:
        """The question's id."""
        return str(self.item["id"])

    @property
    def task(self) -> str:
        """The benchmark task that the question belongs to."""
        return str(self.item["task"])

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    def children(self, id_: str) -> list[Node]:
        """The decisions that followed one; those of the first turn for an empty id."""
        return [node for node in self.nodes if node.parent == id_]

    def path(self, node: Node) -> list[Node]:
        """The decisions from the first one to this one."""
        steps = node.id.split(".")
        return [self.by_id[".".join(steps[:length])] for length in range(1, len(steps) + 1)]

    def leaves(self) -> Iterator[Node]:
        """The nodes at which a run ended."""
        return (node for node in self.nodes if node.leaf is not None)

    def prompt(self, node: Node) -> list[Message]:
        """The conversation that the guide saw when it took this decision."""
        messages: list[Message] = [Message(role="system", content=self.system)]
        for step in self.path(node):
            messages.append(Message(role="user", content=step.seen))
            if step is not node:
                messages.append(guidance(step))
        return messages

    def conversation(self, node: Node) -> list[Message]:
        """The same with the decision itself as the last message."""
        return [*self.prompt(node), guidance(node)]


def is_right(leaf: Node) -> bool:
    """Whether a run ended with a right answer."""
    return leaf.leaf is not None and leaf.leaf.outcome is Outcome.CORRECT


def guidance(node: Node) -> Message:
    """A decision as the guide's model would have written it."""
    return Message(role="assistant", content=decision_text(node.decision))


def to_json(tree: Tree) -> str:
    """The tree as one line of JSON."""
    return _adapter().dump_json(tree, exclude={"by_id"}).decode()


def from_json(line: str | bytes) -> Tree:
    """Read a line that ``to_json`` wrote; raises ValueError if it is none."""
    tree: Tree = _adapter().validate_json(line)
    return tree


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Tree]:
    return TypeAdapter(Tree)
