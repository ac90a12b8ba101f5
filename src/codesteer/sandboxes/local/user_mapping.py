"""Map a second, unprivileged user into a sandbox that root starts.

The kernel does not limit the number of root's processes, even if a namespace maps root to another user id. Programs
must therefore not run as root on the host either.
"""

import json
import os
from pathlib import Path

from codesteer.errors import SandboxError

NOBODY = 65534
_MAP = f"0 0 1\n{NOBODY} {NOBODY} 1\n"


def second_user_available() -> bool:
    """Return whether this process is root and can map a second user."""
    if os.geteuid() != 0:
        return False
    ranges = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(first <= NOBODY < first + count for first, _, count in ranges)


class UserMapping:
    """Writes the user mapping of a bubblewrap process that waits for it; used once."""

    def __init__(self) -> None:
        self._info, self._child_info = os.pipe()
        self._child_unblock, self._unblock = os.pipe()

    @property
    def options(self) -> list[str]:
        """Bubblewrap's command line options."""
        return ["--info-fd", str(self._child_info), "--userns-block-fd", str(self._child_unblock)]

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The descriptors that bubblewrap must inherit.

        They include the read end of its own info pipe: if the host exits early, bubblewrap must not fail with a broken
        pipe, since its child would then wait forever.
        """
        return self._child_info, self._child_unblock, self._info

    def apply(self) -> None:
        """Wait for bubblewrap's user namespace, write its mapping and unblock it.

        Raises:
            SandboxError: bubblewrap exited, or the kernel refused the mapping.
        """
        os.close(self._child_info)
        os.close(self._child_unblock)
        try:
            pid = self._read_child_pid()
            for name in ("uid_map", "gid_map"):
                Path(f"/proc/{pid}/{name}").write_text(_MAP)
            os.write(self._unblock, b"+")
        except OSError as error:
            message = f"cannot map users into the sandbox: {error}"
            raise SandboxError(message) from error
        finally:
            os.close(self._info)
            os.close(self._unblock)

    def _read_child_pid(self) -> int:
        text = b""
        while not text.rstrip().endswith(b"}"):
            chunk = os.read(self._info, 4096)
            if not chunk:
                message = "bubblewrap exited immediately"
                raise OSError(message)
            text += chunk
        return int(json.loads(text)["child-pid"])
