"""The rank of this process in a distributed training."""

import os


def is_main_process() -> bool:
    """Whether this process writes files and prints: accelerate's first process, or the only one."""
    return int(os.environ.get("RANK", "0")) == 0
