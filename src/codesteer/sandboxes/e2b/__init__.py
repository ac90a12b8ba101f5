"""Run programs in virtual machines of the E2B cloud."""
