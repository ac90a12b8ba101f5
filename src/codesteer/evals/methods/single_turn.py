"""Methods with a single reply: the bare question, reasoning in words, one program."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Mode
from codesteer.nodes.task_messages import answer_instructions
from codesteer.prompts.loader import render


@dataclass(frozen=True, slots=True)
class SingleTurn:
    """One question, one reply."""

    name: str
    mode: Mode
    first_message: bool = True
    """Whether to add the steering graph's instructions to the question."""

    steps: int = 1
    decisions: int = 0

    @property
    def runs_code(self) -> bool:
        """Whether programs are run: only if the method asks for one."""
        return self.mode is Mode.CODE

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """Return the only step."""
        return None if attempts else self.mode

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """Return the question, with the instructions of a steered run's first turn if the method has them."""
        del attempts
        return [
            HumanMessage(first_message(question, self.mode, packages) if self.first_message else question)
        ]


def first_message(question: str, mode: Mode, packages: Sequence[str]) -> str:
    """Return the first message of a steered run that starts in this mode."""
    return render("task/first", question=question, guidance=answer_instructions(mode, packages))


QUESTION = SingleTurn("question", Mode.TEXT, first_message=False)
TEXT = SingleTurn("text", Mode.TEXT)
CODE = SingleTurn("code", Mode.CODE)
