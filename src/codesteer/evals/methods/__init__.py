"""The methods to compare: each is a LangGraph graph with the steering graph's input and output."""
