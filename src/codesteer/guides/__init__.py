"""The guide port and its kinds."""
