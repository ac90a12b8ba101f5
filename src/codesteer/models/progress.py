"""Callbacks that report the progress of slow work."""

from collections.abc import Callable

Notify = Callable[[str], None]
"""Called with a message for the user."""
Steps = Callable[[int, int], None]
"""Called with the number of steps done and of all steps, in each process of a training."""
Advance = Callable[[int], None]
"""Called with the number of bytes processed since the last call."""
