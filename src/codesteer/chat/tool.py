"""A LangChain tool that answers a question by a steered run."""

from typing import Any

from langchain_core.tools import BaseTool, StructuredTool, ToolException

from codesteer.chat.model import ChatCodeSteer

NAME = "compute_answer"
DESCRIPTION = (
    "Answer a question whose answer has to be computed exactly: counting, searching, simulating, arithmetic, puzzles. "
    "Pass the whole question with all its data and rules, and the form that the answer must have; the tool knows "
    "nothing else."
)


def create_codesteer_tool(*, name: str = NAME, description: str = DESCRIPTION, **settings: Any) -> BaseTool:
    """Return a tool with one argument, ``question``, for agents that call tools synchronously or asynchronously.

    Args:
        name: the name that the agent's model sees.
        description: tells the agent's model when to call the tool and what to pass.
        settings: those of ``ChatCodeSteer``.

    Raises:
        ValidationError: a setting is invalid.
    """
    chat = ChatCodeSteer(**settings)

    def solve(question: str) -> str:
        return chat.invoke(_asked(question)).text

    async def asolve(question: str) -> str:
        return (await chat.ainvoke(_asked(question))).text

    # The agent's model can correct an empty question; other errors are not its own.
    return StructuredTool.from_function(
        solve, asolve, name=name, description=description, handle_tool_error=True
    )


def _asked(question: str) -> str:
    if not question.strip():
        raise ToolException("the question is empty; pass the whole question with all its data")
    return question
