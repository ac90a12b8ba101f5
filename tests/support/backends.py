"""The sandboxes that run here, by name."""

from collections.abc import Callable

from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.unsafe import UnsafeSubprocess

LOCAL: dict[str, Callable[[], Sandbox]] = {
    "warm": lambda: LocalSandbox("warm"),
    "cold": lambda: LocalSandbox("cold"),
    "restricted": lambda: LocalSandbox("restricted"),
}
ALL: dict[str, Callable[[], Sandbox]] = LOCAL | {"unsafe-subprocess": UnsafeSubprocess}
