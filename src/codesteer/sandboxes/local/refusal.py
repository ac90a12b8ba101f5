"""What is said where programs cannot be isolated."""

import sys
from pathlib import Path

from codesteer.errors import SandboxUnavailableError

APPARMOR_SWITCH = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
"""Says 1 where AppArmor keeps ordinary users from making namespaces."""
_APPARMOR_ADVICE = (
    "AppArmor forbids user namespaces: sudo apt install bubblewrap apparmor-profiles && sudo install -m 0644 "
    "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && "
    "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"
)


def require_linux() -> None:
    """Refuse other systems.

    Raises:
        SandboxUnavailableError: this is not Linux.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError(refusal([f"it needs Linux, this is {sys.platform}"]))


def refusal(complaints: list[str]) -> str:
    """Return one line that says why, and what to do instead.

    Args:
        complaints: what went wrong with each way that was tried.
    """
    reasons = "; ".join(complaints) or "bubblewrap is not installed"
    if APPARMOR_SWITCH.exists() and APPARMOR_SWITCH.read_text().strip() == "1":
        reasons = f"{_APPARMOR_ADVICE} ({reasons})"
    return (
        f"programs cannot be isolated on this machine: {reasons}. Choose the sandbox e2b (an account) or "
        "docker (an engine); unsafe-subprocess runs programs without any isolation"
    )
