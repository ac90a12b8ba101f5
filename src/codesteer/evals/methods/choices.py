"""Methods that decide between text and code once: choose first, or do both and summarise."""

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.evals.methods.single_turn import first_message
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Mode
from codesteer.guides.evidence import describe_execution
from codesteer.guides.truncation import truncate_middle
from codesteer.nodes.task_messages import answer_instructions
from codesteer.prompts.loader import render
from codesteer.replies.reasoning import strip_reasoning

CHOICE = re.compile(r"\b(TEXT|CODE)\b", re.IGNORECASE)
CHOICE_LENGTH = 20_000
"""Number of characters at the end of a reply that are searched for the choice."""
ATTEMPT_LENGTH = 3000


class TextOrCodeChoice:
    """Ask the model for text or code, then have it answer that way (the paper's Code/Text Choice)."""

    name = "choice"
    runs_code = True
    steps = 2
    decisions = 1

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """Ask, answer in the chosen mode, stop; a reply without a choice counts as code."""
        if not attempts:
            return Mode.TEXT
        return chosen_mode(attempts[0].reply) if len(attempts) == 1 else None

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """Ask for the choice, then add the chosen mode's prompt as the next message."""
        asked: list[BaseMessage] = [HumanMessage(render("methods/choice", question=question))]
        if not attempts:
            return asked
        mode = chosen_mode(attempts[0].reply)
        return [*asked, AIMessage(attempts[0].reply), HumanMessage(answer_instructions(mode, packages))]


class CodeTextSummary:
    """Answer by code and by text, then summarise (the paper's Code + Text + Summary)."""

    name = "code_text_sum"
    runs_code = True
    modes = (Mode.CODE, Mode.TEXT, Mode.TEXT)
    steps = len(modes)
    decisions = 0

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """Return code, then text, then the summary."""
        return self.modes[len(attempts)] if len(attempts) < self.steps else None

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """Start two fresh conversations, then one with both results."""
        if len(attempts) < self.steps - 1:
            return [HumanMessage(first_message(question, self.modes[len(attempts)], packages))]
        code, text = (truncate_middle(_described(attempt), ATTEMPT_LENGTH) for attempt in attempts[:2])
        return [HumanMessage(render("methods/summary", question=question, code=code, text=text))]


def chosen_mode(reply: str) -> Mode:
    """Return the mode named last in the reply; code if there is none."""
    found = CHOICE.findall(strip_reasoning(reply)[-CHOICE_LENGTH:])
    return Mode(found[-1].lower()) if found else Mode.CODE


def _described(attempt: Attempt) -> str:
    if attempt.execution is None:
        return attempt.reply
    return f"{attempt.program}\n\n{describe_execution(attempt.execution)}"
