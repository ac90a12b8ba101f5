"""Run the hostile suite as an unprivileged user instead of root."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
USER = "54321"
# The interpreter may be in root's home folder, which other users cannot enter; a mount namespace makes it accessible.
MAKE_INTERPRETER_ACCESSIBLE = """
set -e
mount --make-rprivate /
closed="$1"; base="$2"; shift 2
if [ -n "$closed" ]; then
    mkdir "$TMPDIR/base"
    mount --bind "$base" "$TMPDIR/base"
    mount -t tmpfs -o mode=755 none "$closed"
    mkdir -p "$base"
    mount --move "$TMPDIR/base" "$base"
fi
exec setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups --inh-caps=-all "$@"
"""


def as_unprivileged_user(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository's root folder as an unprivileged user."""
    base = Path(sys.base_prefix)
    inaccessible = next(
        (folder for folder in reversed(base.parents) if not folder.stat().st_mode & 0o001), ""
    )
    temporary = Path("/tmp") / f"u{os.getpid()}"  # short, as is the user's name: sockets' paths are limited
    temporary.mkdir()
    os.chown(temporary, int(USER), int(USER))
    done = subprocess.run(
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            MAKE_INTERPRETER_ACCESSIBLE,
            "sh",
            str(inaccessible),
            str(base),
            *command,
        ],
        cwd=ROOT,
        env=os.environ | {"USER_ID": USER, "LOGNAME": "u", "HOME": str(temporary), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
    )
    subprocess.run(["rm", "-rf", str(temporary)])
    return done


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to switch users")
def test_the_hostile_suite_as_an_unprivileged_user() -> None:
    suite = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sandboxes/hostile")
    done = as_unprivileged_user(sys.executable, *suite)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
