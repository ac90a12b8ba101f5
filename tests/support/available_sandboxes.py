"""The sandboxes that the tests can run, by name."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codesteer.sandboxes.containers import ContainerSandbox, ContainerSession
from codesteer.sandboxes.e2b.sandbox import E2BSandbox
from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.unsafe_subprocess import UnsafeSubprocessSandbox

UNMOUNTED = frozenset({"proc", "sys", "dev", "tmp"})
"""Top-level folders that llm-sandbox's bubblewrap backend does not mount."""
LOCAL: dict[str, Callable[[], Sandbox]] = {
    "warm": lambda: LocalSandbox("warm"),
    "cold": lambda: LocalSandbox("cold"),
    "restricted": lambda: LocalSandbox("restricted"),
}


def through_llm_sandbox() -> Sandbox:
    """Return the container sandbox with llm-sandbox's bubblewrap backend, the only one that needs no engine."""

    def new_session(limits: Limits) -> ContainerSession:
        from llm_sandbox import SandboxSession
        from llm_sandbox.local.config import LocalSandboxConfig

        # The backend does not mount /tmp, where a clone and its virtual environment may be, so programs get the base
        # interpreter of the environment.
        python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        if python.parts[1] in UNMOUNTED:
            pytest.skip(f"llm-sandbox's bubblewrap backend cannot mount the interpreter {python}")
        config = LocalSandboxConfig(
            seccomp=None,  # needs libseccomp
            read_only_paths=("/usr", "/bin", "/lib", "/lib64", sys.base_prefix),
            python_executable=str(python),
            env={"PATH": f"{python.parent}:/usr/bin:/bin"},
        )
        bwrap = str(next(iter(bubblewrap.candidates())).path)
        session: ContainerSession = SandboxSession(
            backend="bubblewrap", bwrap_path=bwrap, sandbox_config=config, skip_environment_setup=True
        )
        return session

    return ContainerSandbox("bubblewrap through llm-sandbox", new_session)


ALL: dict[str, Callable[[], Sandbox]] = LOCAL | {
    "unsafe-subprocess": UnsafeSubprocessSandbox,
    "e2b": E2BSandbox,
    "llm-sandbox": through_llm_sandbox,
}
