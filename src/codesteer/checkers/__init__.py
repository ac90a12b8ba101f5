"""The two checkers without I/O."""
