"""Methods in which one model writes, runs and revises code by itself until it answers in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from codesteer.guides.decision import Attempt, Mode
from codesteer.guides.evidence import describe_execution
from codesteer.nodes.conversation import package_line
from codesteer.prompts.loader import render


@dataclass(frozen=True, slots=True)
class Rounds:
    """A conversation in which programs' outputs come back as messages; a reply without a program ends it."""

    name: str
    prompt: str
    runs_code: bool = True

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """On while the model sends programs."""
        return Mode.CODE if not attempts or attempts[-1].program is not None else None

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """System prompt, question, and each reply with its program's output."""
        system = render(f"methods/{self.prompt}", packages=package_line(packages))
        messages: list[BaseMessage] = [SystemMessage(system), HumanMessage(question)]
        for attempt in attempts:
            messages += [AIMessage(attempt.reply), HumanMessage(self._evidence(attempt))]
        return messages

    def _evidence(self, attempt: Attempt) -> str:
        evidence = describe_execution(attempt.execution) if attempt.execution else "The program was not run."
        return render(f"methods/{self.prompt}_next", evidence=evidence)


CODEACT = Rounds("codeact", "codeact")
"""One model as its own code interpreter, told to work by code."""
AUTOGEN = Rounds("autogen", "autogen")
"""One system prompt that leaves code or text to the model, as the paper's AutoGen baseline does."""
