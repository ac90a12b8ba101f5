"""Runs on a deployed LangGraph server: reaching it, and reading what it gives as the local graph's own values."""
