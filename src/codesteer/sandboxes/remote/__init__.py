"""What sandboxes on other machines have in common."""
