"""Gives a sandbox that root starts a second, powerless user for its programs.

The kernel does not limit the number of root's processes, whatever root is called inside; so programs must not
belong to root even outside.
"""

import json
import os
from pathlib import Path

from codesteer.errors import SandboxError

NOBODY = 65534
_MAP = f"0 0 1\n{NOBODY} {NOBODY} 1\n"


def second_user_available() -> bool:
    """Whether this process is a root that has a second user to give."""
    if os.geteuid() != 0:
        return False
    ranges = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(first <= NOBODY < first + count for first, _, count in ranges)


class Identities:
    """The conversation with one bubblewrap that waits for its users; used once."""

    def __init__(self) -> None:
        self._news, self._their_news = os.pipe()
        self._their_start, self._start = os.pipe()

    @property
    def words(self) -> list[str]:
        """Bubblewrap's options for this."""
        return ["--info-fd", str(self._their_news), "--userns-block-fd", str(self._their_start)]

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What bubblewrap must inherit.

        Our end for its news is among them, so that it does not stumble over a broken pipe if we are gone by then: its
        child would wait for it for ever.
        """
        return self._their_news, self._their_start, self._news

    def grant(self) -> None:
        """Wait for bubblewrap's namespace, give it its users and let it go on.

        Raises:
            SandboxError: bubblewrap ended, or the kernel refuses.
        """
        os.close(self._their_news)
        os.close(self._their_start)
        try:
            pid = self._child()
            for name in ("uid_map", "gid_map"):
                Path(f"/proc/{pid}/{name}").write_text(_MAP)
            os.write(self._start, b"+")
        except OSError as error:
            message = f"the sandbox cannot be given users: {error}"
            raise SandboxError(message) from error
        finally:
            os.close(self._news)
            os.close(self._start)

    def _child(self) -> int:
        text = b""
        while not text.rstrip().endswith(b"}"):
            chunk = os.read(self._news, 4096)
            if not chunk:
                message = "bubblewrap ended at once"
                raise OSError(message)
            text += chunk
        return int(json.loads(text)["child-pid"])
