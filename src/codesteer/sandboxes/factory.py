"""Create a sandbox from its name."""

from collections.abc import Callable

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.port import Sandbox


def open_sandbox(kind: str) -> Sandbox:
    """Return the named sandbox without starting it.

    Args:
        kind: one of ``KINDS``; container engines may be followed by an image, as in ``docker:IMAGE``.

    Raises:
        ConfigurationError: the name is unknown.
        SandboxUnavailableError: ``local`` was requested on a system other than Linux.
    """
    name, _, image = kind.partition(":")
    if image and name in _CONTAINER_ENGINES:
        return _container(name, image)
    if kind not in _FACTORIES:
        message = f"unknown sandbox {kind!r}: choose one of {', '.join(KINDS)}"
        raise ConfigurationError(message)
    return _FACTORIES[kind]()


def _local() -> Sandbox:
    from codesteer.sandboxes.local.unavailable import require_linux

    require_linux()  # the modules below cannot be imported elsewhere
    from codesteer.sandboxes.local.sandbox import LocalSandbox

    return LocalSandbox()


def _e2b() -> Sandbox:
    from codesteer.sandboxes.e2b.sandbox import E2BSandbox

    return E2BSandbox()


def _unsafe() -> Sandbox:
    from codesteer.sandboxes.unsafe_subprocess import UnsafeSubprocessSandbox

    return UnsafeSubprocessSandbox()


def _container(engine: str, image: str | None = None) -> Sandbox:
    from codesteer.sandboxes.containers import DEFAULT_IMAGE, container_sandbox

    return container_sandbox(engine, image or DEFAULT_IMAGE)


_CONTAINER_ENGINES = ("docker", "podman", "kubernetes")
_FACTORIES: dict[str, Callable[[], Sandbox]] = {
    "local": _local,
    "e2b": _e2b,
    "docker": lambda: _container("docker"),
    "podman": lambda: _container("podman"),
    "kubernetes": lambda: _container("kubernetes"),
    "unsafe-subprocess": _unsafe,
}
KINDS = tuple(_FACTORIES)
"""The names of all sandbox kinds."""
