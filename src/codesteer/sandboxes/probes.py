"""Small attacks that ``codesteer sandbox check`` runs to test the isolation."""

from dataclasses import dataclass

from codesteer.sandboxes.execution import MEBIBYTE, Limits

ESCAPED = "<escaped>"
_LIMITS = Limits(wall_seconds=20, processes=16, memory_bytes=256 * MEBIBYTE)


@dataclass(frozen=True, slots=True)
class Probe:
    """One small attack."""

    name: str
    """What it tries to do."""
    program: str
    """The source code, which prints ``ESCAPED`` if the attack succeeds."""

    leaves_processes: bool = False
    """Whether to look for processes that it left running."""

    def source(self, *, folder: str, port: int, mark: str, digest: str) -> str:
        """Return the complete program.

        Args:
            folder: a host folder that contains a secret.
            port: a loopback port on which the host listens.
            mark: hexadecimal marker for files and processes that the probe leaves behind.
            digest: SHA-256 of one of the host's environment variables.
        """
        constants = f"FOLDER, PORT, MARK, DIGEST = {folder!r}, {port}, {mark!r}, {digest!r}\n"
        return constants + _PRELUDE + self.program


_FILE = """
for root in ("", *glob.glob("/proc/[0-9]*/root")):
    try: escaped(open(f"{root}{FOLDER}/secret").read())
    except OSError: pass
"""
_ENVIRONMENT = """
import hashlib
entries = [f"{name}={value}".encode() for name, value in os.environ.items()]
for path in glob.glob("/proc/[0-9]*/environ"):
    try: entries += open(path, "rb").read().split(bytes(1))
    except OSError: pass
if DIGEST in [hashlib.sha256(entry).hexdigest() for entry in entries]: escaped()
"""
_NETWORK = """
import socket
for address in (("127.0.0.1", PORT), ("1.1.1.1", 443)):
    try: socket.create_connection(address, 2)
    except OSError: continue
    escaped()
    break
"""
_WRITING = """
for folder in (FOLDER, os.path.dirname(os.__file__), "/var/tmp"):
    try: open(f"{folder}/{MARK}", "w")
    except OSError: continue
    escaped()
    os.remove(f"{folder}/{MARK}")
"""
_PROCESSES = """
children = 0
try:
    while children < 64:
        if os.fork() == 0:
            time.sleep(2)
            os._exit(0)
        children += 1
except OSError: pass
time.sleep(0.5)
if children >= 16: escaped()
"""
_MEMORY = """
for _ in range(4): os.fork()
x = [bytearray(b"x") * (8 * 1024 * 1024) for _ in range(8)]
time.sleep(1)
escaped()
"""
_ORPHAN = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execvp("sleep", ["sleep", "60", f"0.{int(MARK, 16)}"])
    os._exit(0)
os.wait()
"""
_PRELUDE = f"""
import glob, os, sys, time
def escaped(*_):
    print({ESCAPED!r}, flush=True)
"""
PROBES = (
    Probe("read a secret file", _FILE),
    Probe("read the environment", _ENVIRONMENT),
    Probe("reach the network", _NETWORK),
    Probe("write outside its scratch space", _WRITING),
    Probe("exceed the process limit", _PROCESSES),
    Probe("exceed the memory limit", _MEMORY),
    Probe("leave a process running", _ORPHAN, leaves_processes=True),
)
"""The probes of ``codesteer sandbox check``, in order."""
