"""The sandboxes that run here, by name."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codesteer.sandboxes.containers import ContainerSandbox, Session
from codesteer.sandboxes.e2b.sandbox import E2BSandbox
from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.unsafe import UnsafeSubprocess

HIDDEN = frozenset({"proc", "sys", "dev", "tmp"})
"""Top folders that llm-sandbox's engine without containers shows to no program."""
LOCAL: dict[str, Callable[[], Sandbox]] = {
    "warm": lambda: LocalSandbox("warm"),
    "cold": lambda: LocalSandbox("cold"),
    "restricted": lambda: LocalSandbox("restricted"),
}


def through_llm_sandbox() -> Sandbox:
    """The container adapter over the one backend of llm-sandbox that needs no engine."""

    def new_session(limits: Limits) -> Session:
        from llm_sandbox import SandboxSession
        from llm_sandbox.local.config import LocalSandboxConfig

        # The engine refuses to show folders below /tmp, where a clone with its environment may lie: programs get the
        # interpreter that the environment was made from.
        python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        if python.parts[1] in HIDDEN:
            pytest.skip(f"llm-sandbox's engine without containers cannot show the interpreter {python}")
        config = LocalSandboxConfig(
            seccomp=None,  # needs libseccomp
            read_only_paths=("/usr", "/bin", "/lib", "/lib64", sys.base_prefix),
            python_executable=str(python),
            env={"PATH": f"{python.parent}:/usr/bin:/bin"},
        )
        bwrap = str(next(iter(bubblewrap.candidates())).path)
        session: Session = SandboxSession(
            backend="bubblewrap", bwrap_path=bwrap, sandbox_config=config, skip_environment_setup=True
        )
        return session

    return ContainerSandbox("bubblewrap through llm-sandbox", new_session)


ALL: dict[str, Callable[[], Sandbox]] = LOCAL | {
    "unsafe-subprocess": UnsafeSubprocess,
    "e2b": E2BSandbox,
    "llm-sandbox": through_llm_sandbox,
}
