"""Methods in which one model writes, runs and revises code until it answers in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Mode
from codesteer.guides.evidence import describe_execution
from codesteer.nodes.task_messages import package_instructions
from codesteer.prompts.loader import render


@dataclass(frozen=True, slots=True)
class MultiTurn:
    """A conversation that feeds back program outputs; a reply without a program ends it."""

    name: str
    prompt: str
    runs_code: bool = True
    steps: int | None = None
    decisions: int = 0

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """Continue while the model writes programs."""
        return Mode.CODE if not attempts or attempts[-1].program is not None else None

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """Return the system prompt, the question, and each reply with its program's output."""
        system = render(f"methods/{self.prompt}", packages=package_instructions(packages))
        messages: list[BaseMessage] = [SystemMessage(system), HumanMessage(question)]
        for attempt in attempts:
            messages += [AIMessage(attempt.reply), HumanMessage(self._evidence(attempt))]
        return messages

    def _evidence(self, attempt: Attempt) -> str:
        evidence = describe_execution(attempt.execution) if attempt.execution else "The program was not run."
        return render(f"methods/{self.prompt}_next", evidence=evidence)


CODEACT = MultiTurn("codeact", "codeact")
"""One model as its own code interpreter, instructed to use code."""
AUTOGEN = MultiTurn("autogen", "autogen")
"""One system prompt that lets the model choose code or text, like the paper's AutoGen baseline."""
