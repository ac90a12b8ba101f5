"""Which of several processes of one training this is."""

import os


def is_main_process() -> bool:
    """Whether this process writes files and speaks: the first of those that accelerate started, or the only one."""
    return int(os.environ.get("RANK", "0")) == 0
