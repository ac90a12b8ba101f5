"""An agent that hands questions which need exact computation to codesteer."""

from langchain.agents import create_agent

from codesteer import create_codesteer_tool

QUESTION = "A garden has 37 rows of 148 tulips, and hail destroys every third tulip. How many are left?"


def main() -> None:
    """Print the conversation of the agent with its tool."""
    tool = create_codesteer_tool(task_model="openai:gpt-4o-mini", max_turns=3)
    agent = create_agent("openai:gpt-4o", [tool], system_prompt="Compute with the tool; never in your head.")
    result = agent.invoke({"messages": [{"role": "user", "content": QUESTION}]})
    for message in result["messages"]:
        message.pretty_print()


if __name__ == "__main__":
    main()
