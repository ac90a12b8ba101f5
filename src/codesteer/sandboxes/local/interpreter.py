"""Find the files of this Python installation that programs need."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# Not all of /usr: applications are often installed in /usr/src/app, together with their secrets.
_USR_PARTS = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "share")
_USR_LOCAL_PARTS = ("bin", "lib", "lib64")
_ROOT_PARTS = ("lib", "lib32", "lib64", "bin", "sbin", "etc/ld.so.cache", "etc/alternatives", "etc/localtime")
# Not the whole prefix: the rest may contain user files, for example if a project folder is its own virtual environment
# or Python was installed in ~/.local.
_PREFIX_PARTS = ("bin", "lib", "lib64", "lib32", "pyvenv.cfg")


def readable_paths() -> tuple[Path, ...]:
    """Return the existing folders and files that the interpreter needs; some may be symbolic links."""
    candidates = [*_system_paths(), *_prefix_parts()]
    paths: list[Path] = []
    for path in candidates:
        if path.exists() and not any(path.is_relative_to(parent) for parent in paths):
            paths.append(path)
    return tuple(paths)


def _system_paths() -> Iterator[Path]:
    yield from (Path("/usr") / part for part in _USR_PARTS)
    yield from (Path("/usr/local") / part for part in _USR_LOCAL_PARTS)
    yield from (Path("/") / part for part in _ROOT_PARTS)
    yield Path("/nix/store")


def _prefix_parts() -> Iterator[Path]:
    for prefix in (Path(sys.base_prefix), Path(sys.prefix), *_executable_prefixes()):
        for part in _PREFIX_PARTS:
            yield prefix / part


def _executable_prefixes() -> Iterator[Path]:
    """Follow the interpreter's symbolic links; every link of the chain must be visible."""
    hop = Path(sys.executable)
    while hop.is_symlink():
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
        yield hop.parents[1]
    yield Path(sys.executable).resolve().parents[1]
