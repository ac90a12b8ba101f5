"""Detect the best isolation backend that works on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from codesteer.errors import SandboxError, SandboxUnavailableError
from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.backend import IsolationBackend
from codesteer.sandboxes.local.cold import ColdBubblewrap
from codesteer.sandboxes.local.hybrid import HybridBubblewrap
from codesteer.sandboxes.local.restricted import RestrictedLandlock
from codesteer.sandboxes.local.unavailable import unavailable_message
from codesteer.sandboxes.local.user_mapping import second_user_available
from codesteer.sandboxes.local.warm import WarmBubblewrap
from codesteer.sandboxes.packages import installed_packages

Isolation = Literal["auto", "warm", "cold", "restricted"]
"""``auto`` prefers bubblewrap, warm when ready, and falls back to restricted; the others have no fallback."""

# Opens the packages, because programs may run as another user, who must be able to read them.
_TEST_PROGRAM = """
import colorsys
from importlib.util import find_spec
for package in {packages!r}:
    if origin := find_spec(package).origin:
        open(origin, "rb").close()
print(6 * 7)
"""
_TEST_LIMITS = Limits(wall_seconds=20)
_verified: set[str] = set()


def detect_backend(isolation: Isolation, cancellation: Cancellation) -> IsolationBackend:
    """Return the best of the requested backends that passes a self-test; passed tests are cached.

    Raises:
        SandboxUnavailableError: none works.
    """
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        raise SandboxUnavailableError(unavailable_message(["the kernel does not list children in /proc"]))
    failures: list[str] = []
    for name, backend in _candidates(isolation):
        failure = None if name in _verified else _self_test(backend, cancellation)
        if failure is None:
            _verified.add(name)
            return backend
        backend.close()
        failures.append(f"{name}: {failure}")
    raise SandboxUnavailableError(unavailable_message(failures))


def _candidates(isolation: Isolation) -> Iterator[tuple[str, IsolationBackend]]:
    for bwrap in bubblewrap.candidates():
        if isolation == "auto":
            yield f"bubblewrap ({bwrap})", HybridBubblewrap(bwrap)
        elif isolation == "warm":
            yield f"warm bubblewrap ({bwrap})", WarmBubblewrap(bwrap)
        elif isolation == "cold":
            yield f"cold bubblewrap ({bwrap})", ColdBubblewrap(bwrap)
    if isolation in ("auto", "restricted"):
        if second_user_available():
            yield "Landlock as user nobody", RestrictedLandlock(drop_root=True)
        yield "Landlock", RestrictedLandlock()


def _self_test(backend: IsolationBackend, cancellation: Cancellation) -> str | None:
    """Run a test program; return what went wrong."""
    program = _TEST_PROGRAM.format(packages=installed_packages())
    try:
        result = backend.execute(program.encode(), _TEST_LIMITS, cancellation)
    except SandboxError as error:
        return str(error)
    if result.status is ExecutionStatus.OK and result.stdout == "42\n":
        return None
    message = result.stderr.strip().rpartition("\n")[2] or "no message"
    advice = (
        " (the user 'nobody' must be able to read the interpreter: chmod -R o+rX)"
        if "PermissionError" in message
        else ""
    )
    return f"a test program ended with {result.status}: {message}{advice}"
