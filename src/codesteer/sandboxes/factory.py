"""From a sandbox's name to the sandbox."""

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.port import Sandbox


def open_sandbox(kind: str) -> Sandbox:
    """Return the sandbox of this name, not yet started.

    Args:
        kind: ``local``.

    Raises:
        ConfigurationError: there is no such sandbox.
    """
    if kind == "local":
        from codesteer.sandboxes.local.sandbox import LocalSandbox

        return LocalSandbox()
    message = f"unknown sandbox {kind!r}: choose local"
    raise ConfigurationError(message)
