"""Steers a chat model, turn by turn, between textual reasoning and code."""
