"""Methods that weigh text against code once: choose beforehand, or do both and let a summary pick."""

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from codesteer.evals.methods.single import instructed
from codesteer.guides.decision import Attempt, Mode
from codesteer.guides.evidence import clip, describe_execution
from codesteer.nodes.conversation import how_to_answer
from codesteer.prompts.loader import render
from codesteer.replies.thoughts import without_thoughts

CHOICE = re.compile(r"\b(TEXT|CODE)\b", re.IGNORECASE)
CHOICE_LENGTH = 20_000
"""Characters at a reply's end that are searched for the choice."""
ATTEMPT_LENGTH = 3000


class Choice:
    """Asks the model for text or code, then has it answer in that way (the paper's Code/Text Choice)."""

    name = "choice"
    runs_code = True

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """Ask, answer in the chosen way, end; a reply that chooses nothing counts as code."""
        if not attempts:
            return Mode.TEXT
        return chosen_mode(attempts[0].reply) if len(attempts) == 1 else None

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """First the choice, then the chosen way's own prompt as the conversation's next message."""
        asked: list[BaseMessage] = [HumanMessage(render("methods/choice", question=question))]
        if not attempts:
            return asked
        way = chosen_mode(attempts[0].reply)
        return [*asked, AIMessage(attempts[0].reply), HumanMessage(how_to_answer(way, packages))]


class CodeTextSum:
    """Answers by code and by text, then summarises (the paper's Code + Text + Summary)."""

    name = "code_text_sum"
    runs_code = True
    steps = (Mode.CODE, Mode.TEXT, Mode.TEXT)

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """Code, text, summary."""
        return self.steps[len(attempts)] if len(attempts) < len(self.steps) else None

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """Two fresh conversations, then one that shows both results."""
        if len(attempts) < len(self.steps) - 1:
            return [HumanMessage(instructed(question, self.steps[len(attempts)], packages))]
        code, text = (clip(_described(attempt), ATTEMPT_LENGTH) for attempt in attempts[:2])
        return [HumanMessage(render("methods/summary", question=question, code=code, text=text))]


def chosen_mode(reply: str) -> Mode:
    """Read the choice: the last of the two words that stands in the reply; code where neither does."""
    found = CHOICE.findall(without_thoughts(reply)[-CHOICE_LENGTH:])
    return Mode(found[-1].lower()) if found else Mode.CODE


def _described(attempt: Attempt) -> str:
    if attempt.execution is None:
        return attempt.reply
    return f"{attempt.program}\n\n{describe_execution(attempt.execution)}"
