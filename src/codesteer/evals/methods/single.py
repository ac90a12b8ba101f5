"""Methods of one reply: the bare question, reasoning in words, one program."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.guides.decision import Attempt, Mode
from codesteer.nodes.conversation import how_to_answer
from codesteer.prompts.loader import render


@dataclass(frozen=True, slots=True)
class Single:
    """One question, one reply."""

    name: str
    mode: Mode
    instructed: bool = True
    """The question comes with the steering graph's words on how to answer; otherwise alone."""

    @property
    def runs_code(self) -> bool:
        """Only a method that asks for a program runs one."""
        return self.mode is Mode.CODE

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """One step."""
        return None if attempts else self.mode

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """The question, with what the first turn of a steered run would say about the answer."""
        del attempts
        return [HumanMessage(instructed(question, self.mode, packages) if self.instructed else question)]


def instructed(question: str, mode: Mode, packages: Sequence[str]) -> str:
    """Return the message with which a steered run begins that goes straight to a mode."""
    return render("task/first", question=question, guidance=how_to_answer(mode, packages))


QUESTION = Single("question", Mode.TEXT, instructed=False)
TEXT = Single("text", Mode.TEXT)
CODE = Single("code", Mode.CODE)
