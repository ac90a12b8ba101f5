"""A tree of guidance: for one question, several decisions per turn, each with its result."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from codesteer.errors import first_error
from codesteer.graph.state import Outcome as Ending
from codesteer.graph.state import Turn
from codesteer.guides.chat_model import decision_text
from codesteer.guides.decision import Decision
from codesteer.symbench import Outcome


class Message(TypedDict):
    """One message of a conversation, in the format of chat templates and ``datasets``."""

    role: Literal["system", "user", "assistant"]
    content: str


class ItemFields(TypedDict):
    """What training needs of a question's record."""

    id: str
    task: str
    question: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The end of a run."""

    ending: Ending
    answer: str
    """The run's final message, which is scored."""
    outcome: Outcome
    """Outcome of the answer by our verifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One decision of a guide, and its result."""

    id: str
    """Path from the root: ``0.2.1`` is the second child of the third child of the first decision."""
    proposers: tuple[str, ...]
    """Names of the proposers of this decision."""
    seen: str
    """The last message that the guide saw; earlier ones are in its ancestors."""
    decision: Decision
    turn: Turn | None = None
    """The task model's turn; None if the decision ended the run."""
    outcome: Outcome | None = None
    """Outcome of the turn's answer by our verifier; None without a turn."""
    leaf: Leaf | None = None
    """The end of the run; None if it continued."""

    @property
    def depth(self) -> int:
        """The number of this decision in its run, from 1."""
        return self.id.count(".") + 1

    @property
    def parent(self) -> str:
        """Id of the previous decision; empty for a first one."""
        return self.id.rpartition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All runs tried on one question; siblings share the exact state they started from."""

    item: dict[str, Any]
    """The question's record from ``symbench.to_record``."""
    system: str
    """The first message that the guide sees."""
    nodes: tuple[Node, ...]
    """Parents before their children."""
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]

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
        """Return the decisions that followed one; for an empty id, those of the first turn."""
        return [node for node in self.nodes if node.parent == id_]

    def path(self, node: Node) -> list[Node]:
        """Return the decisions from the first one to this one."""
        steps = node.id.split(".")
        return [self.by_id[".".join(steps[:length])] for length in range(1, len(steps) + 1)]

    def leaves(self) -> Iterator[Node]:
        """Iterate over the nodes at which a run ended."""
        return (node for node in self.nodes if node.leaf is not None)

    def prompt(self, node: Node) -> list[Message]:
        """Return the conversation that the guide saw when it made this decision."""
        messages: list[Message] = [Message(role="system", content=self.system)]
        for step in self.path(node):
            messages.append(Message(role="user", content=step.seen))
            if step is not node:
                messages.append(guidance_message(step))
        return messages

    def conversation(self, node: Node) -> list[Message]:
        """Return the prompt with the decision as the last message."""
        return [*self.prompt(node), guidance_message(node)]


def is_correct(leaf: Node) -> bool:
    """Whether a run ended with a right answer."""
    return leaf.leaf is not None and leaf.leaf.outcome is Outcome.CORRECT


def guidance_message(node: Node) -> Message:
    """Return a decision as the guide's model would have written it."""
    return Message(role="assistant", content=decision_text(node.decision))


def to_json(tree: Tree) -> str:
    """Return the tree as one line of JSON."""
    return _adapter().dump_json(tree, exclude={"by_id"}).decode()


def from_json(line: str | bytes) -> Tree:
    """Parse a line that ``to_json`` wrote; raise ValueError with the reason if it is invalid."""
    try:
        tree: Tree = _adapter().validate_json(line)
        _item_adapter().validate_python(tree.item, strict=True)
    except ValidationError as error:
        raise ValueError(first_error(error)) from error
    _require_whole(tree)
    return tree


def _require_whole(tree: Tree) -> None:
    """Raise ValueError for a node that occurs twice, or whose parent is not before it."""
    known = {""}
    for node in tree.nodes:
        if node.id in known or node.parent not in known:
            raise ValueError(f"node {node.id!r} occurs twice, or without its parent before it")
        known.add(node.id)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Tree]:
    return TypeAdapter(Tree)


@lru_cache(maxsize=1)
def _item_adapter() -> TypeAdapter[ItemFields]:
    return TypeAdapter(ItemFields)
