"""From a sandbox's name to the sandbox."""

from collections.abc import Callable

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.port import Sandbox


def open_sandbox(kind: str) -> Sandbox:
    """Return the sandbox of this name, not yet started.

    Args:
        kind: one of ``KINDS``; ``docker``, ``podman`` and ``kubernetes`` may name an image: ``docker:IMAGE``.

    Raises:
        ConfigurationError: there is no such sandbox.
        SandboxUnavailableError: ``local`` was asked for, and this is not Linux.
    """
    name, _, image = kind.partition(":")
    if image and name in _CONTAINERS:
        return _containers(name, image)
    if kind not in _MAKERS:
        message = f"unknown sandbox {kind!r}: choose one of {', '.join(KINDS)}"
        raise ConfigurationError(message)
    return _MAKERS[kind]()


def _local() -> Sandbox:
    from codesteer.sandboxes.local.refusal import require_linux

    require_linux()  # what follows cannot even be imported elsewhere
    from codesteer.sandboxes.local.sandbox import LocalSandbox

    return LocalSandbox()


def _e2b() -> Sandbox:
    from codesteer.sandboxes.e2b.sandbox import E2BSandbox

    return E2BSandbox()


def _unsafe() -> Sandbox:
    from codesteer.sandboxes.unsafe import UnsafeSubprocess

    return UnsafeSubprocess()


def _containers(engine: str, image: str | None = None) -> Sandbox:
    from codesteer.sandboxes.containers import DEFAULT_IMAGE, containers

    return containers(engine, image or DEFAULT_IMAGE)


_CONTAINERS = ("docker", "podman", "kubernetes")
_MAKERS: dict[str, Callable[[], Sandbox]] = {
    "local": _local,
    "e2b": _e2b,
    "docker": lambda: _containers("docker"),
    "podman": lambda: _containers("podman"),
    "kubernetes": lambda: _containers("kubernetes"),
    "unsafe-subprocess": _unsafe,
}
KINDS = tuple(_MAKERS)
"""The names of all sandboxes."""
