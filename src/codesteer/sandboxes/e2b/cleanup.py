"""Kill E2B machines that a crashed codesteer process left running."""

import os
import socket
import sys
from dataclasses import dataclass

from codesteer.sandboxes.e2b.errors import translated_errors
from codesteer.sandboxes.e2b.machine import TAG


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupResult:
    """The result of a cleanup."""

    killed: tuple[str, ...]
    """Ids of the machines that were killed."""
    in_use: tuple[str, ...]
    """Ids of the machines that may still be in use."""


async def kill_orphaned_machines(*, include_used: bool = False) -> CleanupResult:
    """Kill the machines of codesteer processes that no longer run on this computer.

    Args:
        include_used: kill all of codesteer's machines in the account, even those in use.

    Raises:
        ConfigurationError: the API key is missing or was rejected.
        SandboxError: E2B failed.
    """
    from e2b_code_interpreter import AsyncSandbox, SandboxQuery

    killed, in_use = [], []
    with translated_errors("to list its sandboxes"):
        pages = AsyncSandbox.list(query=SandboxQuery(metadata={TAG: "1"}))
        while pages.has_next:
            for info in await pages.next_items():
                if include_used or _is_orphaned(info.metadata):
                    await AsyncSandbox.kill(info.sandbox_id)
                    killed.append(info.sandbox_id)
                else:
                    in_use.append(info.sandbox_id)
    return CleanupResult(killed=tuple(killed), in_use=tuple(in_use))


def _is_orphaned(metadata: dict[str, str]) -> bool:
    return metadata.get("host") == socket.gethostname() and not _process_exists(int(metadata.get("pid", "0")))


def _process_exists(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # os.kill(pid, 0) would kill the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
