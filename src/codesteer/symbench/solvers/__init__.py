"""Searches that tasks need to pose or to solve their puzzles."""
