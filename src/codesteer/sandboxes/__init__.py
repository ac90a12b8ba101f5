"""The code-execution port and its kinds."""
