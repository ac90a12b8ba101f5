"""Chooses a way of isolation by trying it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from codesteer.errors import SandboxError, SandboxUnavailableError
from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.bubblewrapped import SelfWarmingBubblewrap
from codesteer.sandboxes.local.cold import ColdBubblewrap
from codesteer.sandboxes.local.identities import second_user_available
from codesteer.sandboxes.local.restricted import Restricted
from codesteer.sandboxes.local.runner import Runner
from codesteer.sandboxes.local.warm import WarmBubblewrap
from codesteer.sandboxes.packages import installed_packages
from codesteer.sandboxes.threads import Cancellation

Isolation = Literal["auto", "warm", "cold", "restricted"]
"""``auto``: bubblewrap, warm as soon as possible, else restricted; the others: that or nothing."""

# Its users may be others than ours: what we can read, they must be able to read as well.
_PROBE = """
import colorsys
from importlib.util import find_spec
for package in {packages!r}:
    if origin := find_spec(package).origin:
        open(origin, "rb").close()
print(6 * 7)
"""
_PROBE_LIMITS = Limits(wall_seconds=20)
_APPARMOR_SWITCH = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_APPARMOR_ADVICE = (
    "AppArmor forbids user namespaces: sudo apt install bubblewrap apparmor-profiles && sudo install -m 0644 "
    "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && "
    "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"
)
_proven: set[str] = set()


def require_linux() -> None:
    """Refuse other systems.

    Raises:
        SandboxUnavailableError: this is not Linux.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError(_refusal([f"it needs Linux, this is {sys.platform}"]))


def choose(isolation: Isolation, cancellation: Cancellation) -> Runner:
    """Return the best runner of those asked for that proves to work; proofs are remembered.

    Raises:
        SandboxUnavailableError: none works.
    """
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        raise SandboxUnavailableError(_refusal(["the kernel does not list children in /proc"]))
    complaints: list[str] = []
    for name, runner in _candidates(isolation):
        complaint = None if name in _proven else _try(runner, cancellation)
        if complaint is None:
            _proven.add(name)
            return runner
        runner.close()
        complaints.append(f"{name}: {complaint}")
    raise SandboxUnavailableError(_refusal(complaints))


def _candidates(isolation: Isolation) -> Iterator[tuple[str, Runner]]:
    for bwrap in bubblewrap.candidates():
        if isolation == "auto":
            yield f"bubblewrap ({bwrap})", SelfWarmingBubblewrap(bwrap)
        elif isolation == "warm":
            yield f"warm bubblewrap ({bwrap})", WarmBubblewrap(bwrap)
        elif isolation == "cold":
            yield f"cold bubblewrap ({bwrap})", ColdBubblewrap(bwrap)
    if isolation in ("auto", "restricted"):
        if second_user_available():
            yield "Landlock as nobody", Restricted(drop_root=True)
        yield "Landlock", Restricted()


def _try(runner: Runner, cancellation: Cancellation) -> str | None:
    """Run a trivial program; return what went wrong."""
    program = _PROBE.format(packages=installed_packages())
    try:
        result = runner.execute(program.encode(), _PROBE_LIMITS, cancellation)
    except SandboxError as error:
        return str(error)
    if result.status is ExecutionStatus.OK and result.stdout == "42\n":
        return None
    trouble = result.stderr.strip().rpartition("\n")[2] or "no message"
    advice = (
        " (nobody must be able to read the interpreter: chmod -R o+rX)"
        if "PermissionError" in trouble
        else ""
    )
    return f"a trivial program ended with {result.status}: {trouble}{advice}"


def _refusal(complaints: list[str]) -> str:
    reasons = "; ".join(complaints) or "bubblewrap is not installed"
    if _APPARMOR_SWITCH.exists() and _APPARMOR_SWITCH.read_text().strip() == "1":
        reasons = f"{_APPARMOR_ADVICE} ({reasons})"
    return (
        f"programs cannot be isolated on this machine: {reasons}. Choose the sandbox e2b (an account) or "
        "docker (an engine); unsafe-subprocess runs programs without any isolation"
    )
