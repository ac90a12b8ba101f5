"""The steering graph as a LangChain chat model."""
