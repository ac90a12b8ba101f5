"""Explain why programs cannot be isolated on this machine."""

import sys
from pathlib import Path

from codesteer.errors import SandboxUnavailableError

APPARMOR_SWITCH = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
"""Contains 1 if AppArmor prevents unprivileged users from creating namespaces."""
_APPARMOR_ADVICE = (
    "AppArmor forbids user namespaces; allow them: sudo apt install bubblewrap apparmor-profiles && "
    "sudo install -m 0644 /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && "
    "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"
)


def require_linux() -> None:
    """Require Linux.

    Raises:
        SandboxUnavailableError: this is not Linux.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError(
            unavailable_message([f"the local sandbox needs Linux, this is {sys.platform}"])
        )


def unavailable_message(failures: list[str]) -> str:
    """Return a one-line error message with the reasons and the alternatives.

    Args:
        failures: the failure of each backend that was tried.
    """
    reasons = "; ".join(failures) or "bubblewrap is not installed"
    if APPARMOR_SWITCH.exists() and APPARMOR_SWITCH.read_text().strip() == "1":
        reasons = f"{_APPARMOR_ADVICE} ({reasons})"
    return (
        f"programs cannot be isolated on this machine: {reasons}. Choose the sandbox e2b (needs an account) or "
        "docker (needs an engine); unsafe-subprocess runs programs without any isolation"
    )
