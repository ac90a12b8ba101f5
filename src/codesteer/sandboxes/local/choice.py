"""Chooses a way of isolation by trying it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from codesteer.errors import SandboxError, SandboxUnavailableError
from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.bubblewrapped import SelfWarmingBubblewrap
from codesteer.sandboxes.local.cold import ColdBubblewrap
from codesteer.sandboxes.local.identities import second_user_available
from codesteer.sandboxes.local.refusal import refusal
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
_proven: set[str] = set()


def choose(isolation: Isolation, cancellation: Cancellation) -> Runner:
    """Return the best runner of those asked for that proves to work; proofs are remembered.

    Raises:
        SandboxUnavailableError: none works.
    """
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        raise SandboxUnavailableError(refusal(["the kernel does not list children in /proc"]))
    complaints: list[str] = []
    for name, runner in _candidates(isolation):
        complaint = None if name in _proven else _try(runner, cancellation)
        if complaint is None:
            _proven.add(name)
            return runner
        runner.close()
        complaints.append(f"{name}: {complaint}")
    raise SandboxUnavailableError(refusal(complaints))


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
