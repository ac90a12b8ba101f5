"""Names, phrases and stories that tasks clothe their puzzles in."""
