"""Sandboxes: run untrusted programs locally, in containers or in the E2B cloud."""
