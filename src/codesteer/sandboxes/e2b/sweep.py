"""Ends machines that a crash of ours has left running."""

import os
import socket
import sys
from dataclasses import dataclass

from codesteer.sandboxes.e2b.failures import translated
from codesteer.sandboxes.e2b.machine import TAG


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What was found and done."""

    ended: tuple[str, ...]
    """Ids of the machines that were ended."""
    kept: tuple[str, ...]
    """Ids of those that somebody may still use."""


async def sweep(*, everything: bool = False) -> Sweep:
    """End the machines of codesteer processes that have ended on this computer.

    Args:
        everything: end all machines of codesteer in the account, whoever uses them.

    Raises:
        ConfigurationError: the key is missing or refused.
        SandboxError: E2B failed.
    """
    from e2b_code_interpreter import AsyncSandbox, SandboxQuery

    ended, kept = [], []
    with translated("to list its sandboxes"):
        pages = AsyncSandbox.list(query=SandboxQuery(metadata={TAG: "1"}))
        while pages.has_next:
            for info in await pages.next_items():
                if everything or _is_leaked(info.metadata):
                    await AsyncSandbox.kill(info.sandbox_id)
                    ended.append(info.sandbox_id)
                else:
                    kept.append(info.sandbox_id)
    return Sweep(ended=tuple(ended), kept=tuple(kept))


def _is_leaked(metadata: dict[str, str]) -> bool:
    return metadata.get("host") == socket.gethostname() and not _runs(int(metadata.get("pid", "0")))


def _runs(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # there, to ask would be to kill
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
