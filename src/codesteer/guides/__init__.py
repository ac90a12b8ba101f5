"""The guide port and its implementations."""
