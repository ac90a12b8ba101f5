"""Answer many questions side by side, for at most so many dollars in all."""

import asyncio
from collections.abc import Sequence

from langchain_core.messages import HumanMessage

from codesteer import CodeSteerError, Context, create_codesteer, read_state

QUESTIONS = [f"What is {number} factorial modulo 10007? Answer as <<<number>>>." for number in range(50, 60)]
DOLLARS, DOLLARS_PER_QUESTION, SIDE_BY_SIDE = 0.50, 0.05, 4


async def answer_all(questions: Sequence[str], dollars: float) -> list[str]:
    """Return an answer for each question; empty if it failed, or if the money could not cover it any more."""
    graph = create_codesteer().compile()
    context = Context(task_model="openai:gpt-4o-mini", max_cost=DOLLARS_PER_QUESTION)
    places, left = asyncio.Semaphore(SIDE_BY_SIDE), dollars

    async def answer(question: str) -> str:
        nonlocal left
        async with places:
            if left < DOLLARS_PER_QUESTION:
                return ""
            left -= DOLLARS_PER_QUESTION  # reserved until the cost is known
            try:
                output = await graph.ainvoke({"messages": [HumanMessage(question)]}, context=context)
            except CodeSteerError as error:
                print(f"{question}: {error}")
                return ""  # what it cost is unknown, so its reserve is not given back
            result = read_state(output)
            left += DOLLARS_PER_QUESTION - sum(usage.cost for usage in result["usage"].values())
            return str(result["answer"])

    answers = await asyncio.gather(*map(answer, questions))
    print(f"spent about ${dollars - left:.4f} of ${dollars:.2f}")
    return answers


if __name__ == "__main__":
    for question, answer in zip(QUESTIONS, asyncio.run(answer_all(QUESTIONS, DOLLARS)), strict=True):
        print(f"{question} {answer or 'no answer'}")
