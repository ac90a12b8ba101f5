"""Run programs in isolated processes on this machine."""
