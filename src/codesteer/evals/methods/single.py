"""Methods of one reply: the bare question, reasoning in words, one program."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.guides.decision import Attempt, Mode
from codesteer.prompts.loader import render


@dataclass(frozen=True, slots=True)
class Single:
    """One question, one reply."""

    name: str
    mode: Mode
    prompt: str | None
    """Template around the question; None: the question alone."""

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
        """The question in the template."""
        del attempts
        return [HumanMessage(worded(self.prompt, question, packages))]


def worded(prompt: str | None, question: str, packages: Sequence[str]) -> str:
    """Return the question in a method's template, with the list of packages where the template has a place for it."""
    if prompt is None:
        return question
    return render(f"methods/{prompt}", question=question, packages=package_line(packages))


def package_line(packages: Sequence[str]) -> str:
    """Say which packages a program may import, as the steering graph does."""
    return render("task/packages", packages=", ".join(packages)) if packages else ""


QUESTION = Single("question", Mode.TEXT, None)
TEXT = Single("text", Mode.TEXT, "text")
CODE = Single("code", Mode.CODE, "code")
