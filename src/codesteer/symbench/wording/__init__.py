"""Names, phrases and stories for the questions."""
