"""The methods under comparison: each is a LangGraph graph with the steering graph's input and output."""
