"""Steer a strong model by name, and say what the answer cost."""

import asyncio

from langchain_core.messages import HumanMessage

from codesteer import Context, create_codesteer, read_state

QUESTION = "How many primes lie between 1000 and 2000? Answer in the format <<<number>>>."
CONTEXT = Context(task_model="openai:gpt-4o", guide="openai:gpt-4o", max_turns=4)


async def main() -> None:
    """Print the answer, how it came about, and the cost of each role."""
    graph = create_codesteer().compile()
    result = read_state(await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, context=CONTEXT))
    print(result["answer"], result["outcome"])
    for turn in result["turns"]:
        print(f"turn {turn.number}: {turn.mode} -> {turn.answer}")
    for role, usage in result["usage"].items():
        print(f"{role}: {usage.calls} calls, {usage.tokens} tokens, ${usage.cost:.4f}")


if __name__ == "__main__":
    asyncio.run(main())
