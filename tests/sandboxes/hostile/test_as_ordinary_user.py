"""The same attacks once more, started by an ordinary user instead of root."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
USER = "54321"
# The interpreter may lie in root's home, which others cannot enter: in mounts of its own, the child gets a way in.
WAY_IN = """
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


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs the suite itself as one")
def test_the_hostile_suite_as_an_ordinary_user(tmp_path: Path) -> None:
    base = Path(sys.base_prefix)
    closed = next((folder for folder in reversed(base.parents) if not folder.stat().st_mode & 0o001), "")
    temporary = Path("/tmp") / f"ordinary-{os.getpid()}"
    temporary.mkdir()
    os.chown(temporary, int(USER), int(USER))
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sandboxes/hostile"]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", WAY_IN, "sh", str(closed), str(base), *suite],
        cwd=ROOT,
        env=os.environ
        | {"USER_ID": USER, "LOGNAME": "ordinary", "HOME": str(temporary), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
    )
    subprocess.run(["rm", "-rf", str(temporary)])
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
