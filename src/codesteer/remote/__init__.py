"""Run questions on a deployed LangGraph server and read results as the local graph's values."""
