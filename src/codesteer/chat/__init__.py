"""The steering graph as a chat model, to be put wherever LangChain takes one."""
