"""Fill experience from questions whose answers are known, and from those whose answers are not."""
